using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Publishing;

/// <summary>Says whether a notebook's outputs may be committed: the same on another machine and on another day, and small.</summary>
internal static partial class CanonicalOutputs
{
    /// <summary>The most that a committed notebook may take.</summary>
    public const int LargestSize = 1_000_000;

    /// <summary>Why the notebook cannot be committed, one sentence a cell; empty when it can.</summary>
    /// <param name="notebook">The notebook with its outputs.</param>
    /// <param name="paths">The paths that must not stand in an output.</param>
    public static IReadOnlyList<string> Problems(NotebookFile notebook, MachinePaths paths)
    {
        var problems = new List<string>();
        foreach (var cell in notebook.Cells.Where(c => c.IsCode))
        {
            foreach (var text in cell.Outputs.SelectMany(Texts))
            {
                if (paths.In(text) is { } path)
                {
                    problems.Add($"cell {cell.Id}: an output holds the path {path} of this machine; print a relative path or a file's name.");
                    break;
                }

                if (Identifier().Match(text) is { Success: true } identifier)
                {
                    problems.Add($"cell {cell.Id}: an output holds {identifier.Value}, a GUID, which is another in every run; print something that stays.");
                    break;
                }
            }
        }

        var size = Encoding.UTF8.GetByteCount(notebook.ToText());
        if (size > LargestSize)
        {
            problems.Add(TooLarge(notebook, size));
        }

        return problems;
    }

    private static string TooLarge(NotebookFile notebook, int size)
    {
        var (largest, bytes) = notebook.Cells.Select(c => (Cell: c, Bytes: Encoding.UTF8.GetByteCount(c.Json.ToJsonString()))).MaxBy(c => c.Bytes);
        return $"cell {largest.Id}: the notebook would have {size} bytes, {bytes} of them in this cell, and at most {LargestSize} are committed; show less, or smaller pictures.";
    }

    // Names and texts; the base64 of pictures is no text.
    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject entries => entries.SelectMany(p => p.Key.StartsWith("image/", StringComparison.Ordinal) && p.Key != "image/svg+xml" ? [] : Texts(p.Value).Prepend(p.Key)),
        JsonArray items => items.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    // With hyphens, or the 32 digits of a random GUID, which say at two places that they are one.
    [GeneratedRegex("(?<![0-9a-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15})(?![0-9a-z])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
