using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Checking;

/// <summary>The parameters of a quick run, which a notebook keeps in its metadata: <c>"researchkit": {"fast": {"steps": 120}}</c>.</summary>
internal static class FastValues
{
    private const string Origin = "researchkit.fast";

    /// <summary>Sets the values.</summary>
    /// <returns>The values as <c>name=value</c>; none when the notebook names none, and is then as it was.</returns>
    /// <exception cref="NotebookFileException">The entry is malformed, or a value does not fit its parameter.</exception>
    public static IReadOnlyList<string> Apply(NotebookFile notebook)
    {
        if (notebook.Metadata["researchkit"] is not { } kit || kit is JsonObject entry && !entry.ContainsKey("fast"))
        {
            return [];
        }

        if ((kit as JsonObject)?["fast"] is not JsonObject fast)
        {
            throw new NotebookFileException($"{notebook.Path}: the metadata's entry \"researchkit\" is malformed; write \"researchkit\": {{\"fast\": {{\"steps\": 120}}}} with the notebook's own parameters.");
        }

        var values = fast.Select(p => $"{p.Key}={Literal(p.Value) ?? throw new NotebookFileException($"{notebook.Path}: the metadata's {Origin}.{p.Key} is {p.Value?.ToJsonString() ?? "null"}; it must be a number, a text, true or false.")}").ToList();
        if (values.Count > 0)
        {
            NotebookParameters.Apply(notebook, values, Origin);
        }

        return values;
    }

    private static string? Literal(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => (string)value!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.ToJsonString(),
        _ => null,
    };
}
