namespace ResearchKit.Notebooks.Running;

/// <summary>The outputs of one cell in nbformat's form, built message by message, up to a limit.</summary>
internal sealed class CellOutputs(int executionCount)
{
    /// <summary>The most characters of text that a cell keeps.</summary>
    public const int LargestText = 1_000_000;

    /// <summary>The most characters of values (images, figures, tables) that a cell keeps.</summary>
    public const int LargestValues = 50_000_000;

    private readonly List<(JsonObject Output, string? DisplayId, StreamText? Text)> _outputs = [];
    private long _valueSize;
    private int _textLength;
    private bool _textLeftOut;
    private bool _valuesLeftOut;

    /// <summary>Adds a text, a shown value or the cell's result.</summary>
    /// <returns>False when it is left out, because the cell has given too much.</returns>
    public bool Add(WorkerMessage message)
    {
        if (message.Kind == WorkerMessageKind.Stream)
        {
            return AddStream(message.Name!, message.Text!);
        }

        if ((_valueSize += message.Size) > LargestValues)
        {
            LeaveOut(ref _valuesLeftOut, string.Create(CultureInfo.InvariantCulture,
                $"[The cell shows more than {LargestValues / 1_000_000} MB; what it shows after this is left out.]\n"));
            return false;
        }

        var output = message.Kind == WorkerMessageKind.Result
            ? new JsonObject { ["output_type"] = "execute_result", ["execution_count"] = executionCount }
            : new JsonObject { ["output_type"] = "display_data" };
        output["metadata"] = new JsonObject();
        output["data"] = Canonical(message.Data!);
        _outputs.Add((output, message.Name, null));
        return true;
    }

    /// <summary>Replaces what was shown under a name.</summary>
    /// <returns>True when this cell showed it.</returns>
    public bool Update(WorkerMessage message)
    {
        var shown = _outputs.FindAll(o => o.DisplayId == message.Name);
        shown.ForEach(o => o.Output["data"] = Canonical((JsonObject)message.Data!.DeepClone()));
        return shown.Count > 0;
    }

    public void AddError(CellError error) => _outputs.Add((new JsonObject
    {
        ["output_type"] = "error",
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. (error.Trace ?? [error.Message]).Select(l => (JsonNode)l)]),
    }, null, null));

    public JsonArray ToJson() => new([.. _outputs.Select(o =>
    {
        var json = o.Output.DeepClone();
        if (o.Text is { } text)
        {
            json["text"] = NotebookText.ToLines(text.ToString());
        }

        return json;
    })]);

    private bool AddStream(string name, string text)
    {
        if (_textLeftOut)
        {
            return false;
        }

        var stream = Stream(name);
        var (before, room) = (stream.Length, LargestText - _textLength);
        stream.Append(text.AsSpan(0, Math.Min(text.Length, room)));
        _textLength += stream.Length - before;
        if (text.Length > room)
        {
            LeaveOut(ref _textLeftOut, string.Create(CultureInfo.InvariantCulture,
                $"\n[The cell writes more than {LargestText:N0} characters; what it writes after this is left out.]\n"));
        }

        return true;
    }

    private void LeaveOut(ref bool leftOut, string notice)
    {
        if (!leftOut)
        {
            leftOut = true;
            Stream("stderr").Append(notice);
        }
    }

    // The output that text of this name goes on in.
    private StreamText Stream(string name)
    {
        if (_outputs is [.., (var last, _, { } text)] && (string?)last["name"] == name)
        {
            return text;
        }

        text = new StreamText();
        _outputs.Add((new JsonObject { ["output_type"] = "stream", ["name"] = name, ["text"] = null }, null, text));
        return text;
    }

    // Texts as lists of lines, images as one string with a final newline: as Jupyter writes them.
    private static JsonObject Canonical(JsonObject data)
    {
        foreach (var (type, value) in data.ToList())
        {
            if (value is JsonValue json && json.TryGetValue<string>(out var text))
            {
                data[type] = NotebookText.IsEncodedImage(type) ? text + "\n" : NotebookText.ToLines(text);
            }
        }

        return data;
    }
}
