namespace ResearchKit.Notebooks.Files;

/// <summary>One cell of a notebook, a view of its JSON.</summary>
internal sealed class NotebookCell(JsonObject json)
{
    /// <summary>The tag of a cell that gives an exercise's solution.</summary>
    public const string Solution = "solution";

    /// <summary>Jupyter's tag of a cell that shall fail.</summary>
    public const string Raises = "raises-exception";

    /// <summary>The cell's object within the notebook.</summary>
    public JsonObject Json { get; } = json;

    /// <summary>The cell's stable name.</summary>
    public string Id => (string)Json["id"]!;

    public bool IsCode => (string?)Json["cell_type"] == "code";

    public bool IsMarkdown => (string?)Json["cell_type"] == "markdown";

    public string Source
    {
        get => Json["source"].AsText();
        set => Json["source"] = NotebookText.ToLines(value);
    }

    /// <summary>The outputs, in nbformat's own form.</summary>
    public JsonArray Outputs => Json["outputs"] as JsonArray ?? [];

    /// <summary>True when the last run reached the cell.</summary>
    public bool HasRun => Json["execution_count"] is not null;

    /// <summary>The language that the cell's metadata names, or null.</summary>
    public string? Language =>
        (string?)(Json["metadata"]?["polyglot_notebook"]?["kernelName"] ?? Json["metadata"]?["dotnet_interactive"]?["language"]);

    /// <summary>The tags in the cell's metadata.</summary>
    public IEnumerable<string> Tags => Json["metadata"]?["tags"] is JsonArray tags ? tags.Select(NotebookText.AsText) : [];

    public bool HasTag(string tag) => Tags.Contains(tag);

    /// <summary>Replaces the outputs and the place in the run, from 1; null for a cell that did not run.</summary>
    public void SetOutputs(JsonArray? outputs, int? executionCount)
    {
        Json["outputs"] = outputs ?? [];
        Json["execution_count"] = executionCount;
    }
}

/// <summary>Texts and values in the forms that nbformat keeps them in.</summary>
internal static class NotebookText
{
    /// <summary>The type under which a chart is kept.</summary>
    public const string PlotlyMimeType = "application/vnd.plotly.v1+json";

    /// <summary>True for an image that is kept as base64; SVG is text.</summary>
    public static bool IsEncodedImage(string mimeType) =>
        mimeType.StartsWith("image/", StringComparison.Ordinal) && mimeType != "image/svg+xml";

    /// <summary>A text as an array of lines, each with its newline.</summary>
    public static JsonArray ToLines(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var ended = lines[..^1].Select(line => line + "\n").Append(lines[^1]);
        return new([.. ended.Where(line => line.Length > 0).Select(line => (JsonNode)line)]);
    }

    /// <summary>The inverse of <see cref="ToLines"/>: one string or an array of lines as one text; empty for nothing.</summary>
    public static string AsText(this JsonNode? value) =>
        value is JsonArray lines ? string.Concat(lines.Select(AsText)) : value?.ToString() ?? "";
}
