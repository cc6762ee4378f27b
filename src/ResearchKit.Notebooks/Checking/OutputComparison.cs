using System.Text.Json.Nodes;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Checking;

/// <summary>Compares a cell's outputs with the committed ones: what is written, stream by stream, then what is shown, in order.</summary>
internal static class OutputComparison
{
    /// <summary>The first difference, or null.</summary>
    /// <param name="committed">The outputs in the notebook's file.</param>
    /// <param name="cameOut">The outputs of the new run.</param>
    /// <param name="tolerance">How near they have to be.</param>
    public static OutputDifference? Compare(JsonArray committed, JsonArray cameOut, CellTolerance tolerance)
    {
        var (shownA, shownB) = (Shown(committed), Shown(cameOut));
        if (shownA.Count != shownB.Count)
        {
            return new OutputDifference("outputs", Kinds(shownA), Kinds(shownB));
        }

        return Streams(Texts(committed), Texts(cameOut), tolerance)
            ?? shownA.Zip(shownB, (a, b) => Output(a, b, tolerance)).FirstOrDefault(d => d is not null);
    }

    private static OutputDifference? Streams(Dictionary<string, string> committed, Dictionary<string, string> cameOut, CellTolerance tolerance)
    {
        foreach (var name in committed.Keys.Union(cameOut.Keys))
        {
            var (a, b) = (committed.GetValueOrDefault(name), cameOut.GetValueOrDefault(name));
            if (a is null || b is null)
            {
                return new OutputDifference(name, Start(a), Start(b));
            }

            if (!tolerance.KindOnly && NumericText.Compare(name, a, b, tolerance) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static OutputDifference? Output(JsonObject a, JsonObject b, CellTolerance tolerance)
    {
        if (Kind(a) != Kind(b))
        {
            return new OutputDifference("output", Kind(a), Kind(b));
        }

        if (tolerance.KindOnly)
        {
            return null;
        }

        // Where several representations differ, plain text tells it best.
        return a["data"] is JsonObject dataA && b["data"] is JsonObject dataB
            ? MimeTypes(a).OrderBy(type => type != "text/plain").Select(type => Value(type, dataA[type], dataB[type], tolerance)).FirstOrDefault(d => d is not null)
            : NumericText.Compare("the error's name", Text(a["ename"]), Text(b["ename"]), tolerance) ?? NumericText.Compare("the error's message", Text(a["evalue"]), Text(b["evalue"]), tolerance);
    }

    private static OutputDifference? Value(string type, JsonNode? a, JsonNode? b, CellTolerance tolerance) => type switch
    {
        _ when type.EndsWith("json", StringComparison.Ordinal) => NumericJson.Compare(type, a, b, tolerance),
        _ when type.StartsWith("image/", StringComparison.Ordinal) && type != "image/svg+xml" => PictureContent.Compare(type, Text(a), Text(b), tolerance),
        _ => NumericText.Compare(type, Text(a), Text(b), tolerance),
    };

    private static List<JsonObject> Shown(JsonArray outputs) => [.. outputs.OfType<JsonObject>().Where(o => Text(o["output_type"]) != "stream")];

    private static Dictionary<string, string> Texts(JsonArray outputs) => outputs.OfType<JsonObject>()
        .Where(o => Text(o["output_type"]) == "stream")
        .GroupBy(o => Text(o["name"]))
        .ToDictionary(g => g.Key, g => string.Concat(g.Select(o => Text(o["text"]))))
        .Where(p => p.Value.Length > 0).ToDictionary();

    private static string Start(string? text) => text is null ? "nothing" : $"\"{text.Split('\n')[0]}\"";

    private static string Kinds(List<JsonObject> outputs) => outputs.Count == 0 ? "nothing shown" : string.Join(", ", outputs.Select(Kind));

    private static string Kind(JsonObject output) => output["data"] is JsonObject
        ? $"{Text(output["output_type"])} ({string.Join(", ", MimeTypes(output))})"
        : Text(output["output_type"]);

    // The picture that publish puts beside a chart is made from the chart, and a run makes none.
    private static IEnumerable<string> MimeTypes(JsonObject output)
    {
        var types = ((JsonObject)output["data"]!).Select(p => p.Key).Order(StringComparer.Ordinal);
        return output["data"]![NotebookCell.PlotlyMimeType] is null ? types : types.Where(t => t != "image/png");
    }

    private static string Text(JsonNode? value) => NotebookCell.TextOf(value);
}
