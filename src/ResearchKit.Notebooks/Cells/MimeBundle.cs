using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;

namespace ResearchKit.Notebooks.Cells;

/// <summary>A value as notebooks keep it: one representation a MIME type.</summary>
internal static class MimeBundle
{
    private const string Plain = "text/plain";

    /// <summary>Formats a value with the formatters that are registered for its type.</summary>
    /// <param name="value">Any value; null shows as <c>null</c>.</param>
    /// <param name="mimeTypes">The types wanted; none for those that the value's type prefers.</param>
    public static JsonObject Of(object? value, params string[] mimeTypes)
    {
        if (value is null)
        {
            return new JsonObject { [Plain] = "null" };
        }

        // Jupyter wants plain text in every bundle, for readers that show nothing else.
        var wanted = mimeTypes.Length > 0 ? mimeTypes : Formatter.GetPreferredMimeTypesFor(value.GetType()).Append(Plain).Distinct();
        var bundle = new JsonObject();
        foreach (var type in wanted)
        {
            var text = value is string s && (type == Plain || mimeTypes.Length > 0) ? s : value.ToDisplayString(type);
            bundle[type] = type.EndsWith("json", StringComparison.Ordinal) ? JsonNode.Parse(text) : text;
        }

        return bundle;
    }
}
