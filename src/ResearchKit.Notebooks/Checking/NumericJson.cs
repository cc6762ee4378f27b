namespace ResearchKit.Notebooks.Checking;

/// <summary>Compares JSON, a chart's figure above all: the same structure, the same strings, numbers within a tolerance.</summary>
internal static class NumericJson
{
    /// <summary>The first difference of two values, or null.</summary>
    /// <param name="where">Names the value; the path within it is added.</param>
    /// <param name="committed">The expected value.</param>
    /// <param name="actual">The new value.</param>
    /// <param name="tolerance">For the numbers.</param>
    public static OutputDifference? Compare(string where, JsonNode? committed, JsonNode? actual, CellTolerance tolerance)
    {
        switch (committed, actual)
        {
            case (JsonObject a, JsonObject b):
                var (keysA, keysB) = (Keys(a), Keys(b));
                return keysA.SequenceEqual(keysB)
                    ? keysA.Select(key => Compare($"{where}.{key}", a[key], b[key], tolerance)).FirstOrDefault(d => d is not null)
                    : new OutputDifference(where, $"keys {string.Join(", ", keysA)}", $"keys {string.Join(", ", keysB)}");
            case (JsonArray a, JsonArray b):
                return a.Count == b.Count
                    ? a.Select((item, i) => Compare($"{where}[{i}]", item, b[i], tolerance)).FirstOrDefault(d => d is not null)
                    : new OutputDifference(where, $"{a.Count} values", $"{b.Count} values");
            case (JsonValue a, JsonValue b) when a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number:
                return tolerance.Agree(Number(a), Number(b)) ? null : new OutputDifference(where, a.ToJsonString(), b.ToJsonString());
            default:
                return JsonNode.DeepEquals(committed, actual) ? null : new OutputDifference(where, Start(committed), Start(actual));
        }
    }

    private static List<string> Keys(JsonObject value) => [.. value.Select(p => p.Key).Order(StringComparer.Ordinal)];

    private static double Number(JsonValue value) => double.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Start(JsonNode? value) =>
        value?.ToJsonString() is not { } text ? "null" : text.Length <= 60 ? text : text[..60] + "...";
}
