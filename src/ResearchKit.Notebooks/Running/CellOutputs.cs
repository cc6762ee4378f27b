using System.Text.Json.Nodes;
using ResearchKit.Notebooks.Cells;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Running;

/// <summary>The outputs of one cell in nbformat's form, built message by message.</summary>
internal sealed class CellOutputs(int executionCount)
{
    private readonly List<(JsonObject Output, string? DisplayId)> _outputs = [];

    public void AddStream(string name, string text)
    {
        if (_outputs.Count > 0 && _outputs[^1].Output is var last && (string?)last["output_type"] == "stream" && (string?)last["name"] == name)
        {
            last["text"] = (string)last["text"]! + text;
            return;
        }

        Add(new JsonObject { ["output_type"] = "stream", ["name"] = name, ["text"] = text });
    }

    public void AddDisplay(JsonObject data, string? displayId) =>
        Add(new JsonObject { ["output_type"] = "display_data", ["metadata"] = new JsonObject(), ["data"] = Canonical(data) }, displayId);

    /// <summary>Replaces what was shown under a name.</summary>
    /// <returns>True when this cell showed it.</returns>
    public bool Update(JsonObject data, string? displayId)
    {
        var shown = _outputs.Where(o => o.DisplayId == displayId).ToList();
        shown.ForEach(o => o.Output["data"] = Canonical((JsonObject)data.DeepClone()));
        return shown.Count > 0;
    }

    public void AddResult(JsonObject data) =>
        Add(new JsonObject { ["output_type"] = "execute_result", ["execution_count"] = executionCount, ["metadata"] = new JsonObject(), ["data"] = Canonical(data) });

    public void AddError(CellError error) => Add(new JsonObject
    {
        ["output_type"] = "error",
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. (error.Trace ?? [error.Message]).Select(l => (JsonNode)l)]),
    });

    public JsonArray ToJson()
    {
        var json = new JsonArray([.. _outputs.Select(o => (JsonNode)o.Output.DeepClone())]);
        foreach (var output in json.Where(o => o!["text"] is JsonValue))
        {
            output!["text"] = NotebookCell.Lines((string)output["text"]!);
        }

        return json;
    }

    // Texts as lists of lines, pictures as one string with a final newline: as Jupyter writes them.
    private static JsonObject Canonical(JsonObject data)
    {
        foreach (var (type, value) in data.ToList())
        {
            if (value is JsonValue text && text.GetValueKind() == System.Text.Json.JsonValueKind.String)
            {
                data[type] = type.StartsWith("image/", StringComparison.Ordinal) && type != "image/svg+xml"
                    ? (string)text! + "\n"
                    : NotebookCell.Lines((string)text!);
            }
        }

        return data;
    }

    private void Add(JsonObject output, string? displayId = null) => _outputs.Add((output, displayId));
}
