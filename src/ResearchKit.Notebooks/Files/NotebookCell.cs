using System.Text.Json.Nodes;

namespace ResearchKit.Notebooks.Files;

/// <summary>One cell of a notebook, a view of its JSON.</summary>
/// <param name="json">The cell's object within the notebook.</param>
public sealed class NotebookCell(JsonObject json)
{
    /// <summary>The type under which a chart is kept.</summary>
    public const string PlotlyMimeType = "application/vnd.plotly.v1+json";

    /// <summary>The cell's JSON.</summary>
    public JsonObject Json { get; } = json;

    /// <summary>The cell's stable name.</summary>
    public string Id => (string)Json["id"]!;

    /// <summary>True for a cell that is run.</summary>
    public bool IsCode => (string?)Json["cell_type"] == "code";

    /// <summary>True for a cell of text.</summary>
    public bool IsMarkdown => (string?)Json["cell_type"] == "markdown";

    /// <summary>The cell's text.</summary>
    public string Source => TextOf(Json["source"]);

    /// <summary>The outputs, in nbformat's own form.</summary>
    public JsonArray Outputs => Json["outputs"] as JsonArray ?? [];

    /// <summary>The language that the cell's metadata names, or null.</summary>
    public string? Language =>
        (string?)Json["metadata"]?["polyglot_notebook"]?["kernelName"] ?? (string?)Json["metadata"]?["dotnet_interactive"]?["language"];

    /// <summary>The tags in the cell's metadata.</summary>
    public IEnumerable<string> Tags => Json["metadata"]?["tags"] is JsonArray tags ? tags.Select(TextOf) : [];

    /// <summary>True when the cell carries a tag.</summary>
    public bool HasTag(string tag) => Tags.Contains(tag);

    /// <summary>Replaces the outputs.</summary>
    /// <param name="outputs">The outputs; null for a cell that did not run.</param>
    /// <param name="executionCount">The place in the run, from 1; null for a cell that did not run.</param>
    public void SetOutputs(JsonArray? outputs, int? executionCount)
    {
        Json["outputs"] = outputs ?? [];
        Json["execution_count"] = executionCount;
    }

    /// <summary>A text as nbformat keeps it: an array of lines, each with its newline.</summary>
    public static JsonArray Lines(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return new([.. lines.Select((line, i) => i < lines.Length - 1 ? line + "\n" : line).Where(line => line.Length > 0).Select(line => (JsonNode)line)]);
    }

    /// <summary>The inverse of <see cref="Lines"/>: one string or a list of lines as one text; empty for nothing.</summary>
    public static string TextOf(JsonNode? value) => value is JsonArray lines ? string.Concat(lines.Select(TextOf)) : value?.ToString() ?? "";
}
