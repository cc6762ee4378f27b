namespace ResearchKit.Notebooks.Checking;

/// <summary>The first place where a cell's outputs differ from the committed ones.</summary>
/// <param name="Where">The output, and the place in it.</param>
/// <param name="Committed">What the notebook's file has there.</param>
/// <param name="Actual">What the new run gave.</param>
internal sealed record OutputDifference(string Where, string Committed, string Actual);

/// <summary>Compares a cell's outputs with the committed ones: what is written, stream by stream, then what is shown, in order.</summary>
internal static class OutputComparison
{
    /// <summary>The first difference, or null.</summary>
    public static OutputDifference? Compare(JsonArray committed, JsonArray actual, CellTolerance tolerance)
    {
        var (shownA, shownB) = (Shown(committed), Shown(actual));
        return shownA.Count != shownB.Count
            ? new OutputDifference("outputs", Kinds(shownA), Kinds(shownB))
            : Streams(Texts(committed), Texts(actual), tolerance)
                ?? shownA.Zip(shownB, (a, b) => Output(a, b, tolerance)).FirstOrDefault(d => d is not null);
    }

    private static OutputDifference? Streams(
        Dictionary<string, string> committed, Dictionary<string, string> actual, CellTolerance tolerance)
    {
        foreach (var name in committed.Keys.Union(actual.Keys))
        {
            var (a, b) = (committed.GetValueOrDefault(name), actual.GetValueOrDefault(name));
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
        var differences = a["data"] is JsonObject dataA && b["data"] is JsonObject dataB
            ? MimeTypes(a).OrderBy(type => type != "text/plain").Select(type => Value(type, dataA[type], dataB[type], tolerance))
            : [
                Text("the error's name", a["ename"], b["ename"], tolerance),
                Text("the error's message", a["evalue"], b["evalue"], tolerance),
            ];
        return differences.FirstOrDefault(d => d is not null);
    }

    private static OutputDifference? Value(string type, JsonNode? a, JsonNode? b, CellTolerance tolerance) =>
        type.EndsWith("json", StringComparison.Ordinal) ? NumericJson.Compare(type, a, b, tolerance)
        : NotebookText.IsEncodedImage(type) ? ImageContent.Compare(type, a.AsText(), b.AsText(), tolerance)
        : Text(type, a, b, tolerance);

    private static OutputDifference? Text(string where, JsonNode? a, JsonNode? b, CellTolerance tolerance) =>
        NumericText.Compare(where, a.AsText(), b.AsText(), tolerance);

    private static bool IsStream(JsonObject output) => output["output_type"].AsText() == "stream";

    private static List<JsonObject> Shown(JsonArray outputs) => [.. outputs.OfType<JsonObject>().Where(o => !IsStream(o))];

    private static Dictionary<string, string> Texts(JsonArray outputs) => outputs.OfType<JsonObject>().Where(IsStream)
        .GroupBy(o => o["name"].AsText(), o => o["text"].AsText())
        .Select(g => KeyValuePair.Create(g.Key, string.Concat(g)))
        .Where(p => p.Value.Length > 0).ToDictionary();

    private static string Start(string? text) => text is null ? "nothing" : $"\"{text.Split('\n')[0]}\"";

    private static string Kinds(List<JsonObject> outputs) => outputs.Count == 0 ? "nothing shown" : string.Join(", ", outputs.Select(Kind));

    private static string Kind(JsonObject output) =>
        output["output_type"].AsText() + (output["data"] is JsonObject ? $" ({string.Join(", ", MimeTypes(output))})" : "");

    // The image that publish puts beside a chart is made from the chart, and a run makes none.
    private static IEnumerable<string> MimeTypes(JsonObject output)
    {
        var types = ((JsonObject)output["data"]!).Select(p => p.Key).Order(StringComparer.Ordinal);
        return output["data"]![NotebookText.PlotlyMimeType] is null ? types : types.Where(t => t != "image/png");
    }
}
