namespace ResearchKit.Notebooks.Publishing;

/// <summary>Says whether a notebook's outputs may be committed: the same on another machine and on another day, and small.</summary>
internal static partial class CanonicalOutputs
{
    /// <summary>The most bytes that a committed notebook may have.</summary>
    public const int LargestSize = 1_500_000;

    /// <summary>Why the notebook cannot be committed, one sentence a cell; empty when it can.</summary>
    public static List<string> Problems(NotebookFile notebook, MachinePaths paths)
    {
        List<string> problems = [.. notebook.CodeCells.SelectMany(cell => cell.Outputs.SelectMany(Texts)
            .Select(text => Problem(text, paths)).OfType<string>().Take(1)
            .Select(problem => $"cell {cell.Id}: an output holds {problem}"))];
        var size = Encoding.UTF8.GetByteCount(notebook.ToText());
        if (size > LargestSize)
        {
            var (bytes, id) = notebook.Cells.Select(c => (Encoding.UTF8.GetByteCount(c.Json.ToJsonString()), c.Id)).MaxBy(c => c.Item1);
            problems.Add($"cell {id}: the notebook would have {size} bytes, {bytes} of them in this cell, and at most {LargestSize} are "
                + "committed; show less, or smaller images.");
        }

        return problems;
    }

    private static string? Problem(string text, MachinePaths paths) =>
        paths.In(text) is { } path ? $"the path {path} of this machine; print a relative path or a file's name."
        : Identifier().Match(text) is { Success: true } guid ? $"{guid}, a GUID, which differs in every run; print something else."
        : null;

    // Names and texts; the base64 of images is not text.
    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject entries => entries.SelectMany(p => NotebookText.IsEncodedImage(p.Key) ? [] : Texts(p.Value).Prepend(p.Key)),
        JsonArray items => items.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    // With hyphens, or the 32 digits of a random GUID, which say at two places that they are one.
    [GeneratedRegex(
        "(?<![0-9a-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15})(?![0-9a-z])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
