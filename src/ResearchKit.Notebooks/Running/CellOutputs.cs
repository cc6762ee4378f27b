namespace ResearchKit.Notebooks.Running;

/// <summary>The outputs of one cell in nbformat's form, built message by message.</summary>
internal sealed class CellOutputs(int executionCount)
{
    private readonly List<(JsonObject Output, string? DisplayId)> _outputs = [];

    /// <summary>Adds a text, a shown value or the cell's result.</summary>
    public void Add(WorkerMessage message)
    {
        if (message.Kind == WorkerMessageKind.Stream)
        {
            AddStream(message.Name!, message.Text!);
            return;
        }

        var output = message.Kind == WorkerMessageKind.Result
            ? new JsonObject { ["output_type"] = "execute_result", ["execution_count"] = executionCount }
            : new JsonObject { ["output_type"] = "display_data" };
        output["metadata"] = new JsonObject();
        output["data"] = Canonical(message.Data!);
        _outputs.Add((output, message.Name));
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
    }, null));

    public JsonArray ToJson()
    {
        var json = new JsonArray([.. _outputs.Select(o => o.Output.DeepClone())]);
        foreach (var output in json.Where(o => o!["text"] is JsonValue))
        {
            output!["text"] = NotebookText.ToLines((string)output["text"]!);
        }

        return json;
    }

    private void AddStream(string name, string text)
    {
        if (_outputs is [.., (var last, _)] && (string?)last["output_type"] == "stream" && (string?)last["name"] == name)
        {
            last["text"] = (string)last["text"]! + text;
        }
        else
        {
            _outputs.Add((new JsonObject { ["output_type"] = "stream", ["name"] = name, ["text"] = text }, null));
        }
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
