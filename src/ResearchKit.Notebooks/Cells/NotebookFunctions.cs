using Microsoft.DotNet.Interactive.Formatting;

namespace ResearchKit.Notebooks.Cells;

/// <summary>Text to be shown as HTML.</summary>
/// <param name="Content">The HTML.</param>
public sealed record Html(string Content)
{
    /// <inheritdoc/>
    public override string ToString() => Content;
}

/// <summary>An output that can be replaced.</summary>
public sealed class ShownValue
{
    private readonly string[] _mimeTypes;

    internal ShownValue(string[] mimeTypes) => _mimeTypes = mimeTypes;

    /// <summary>The output's name.</summary>
    public string DisplayId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Shows another value in the same place.</summary>
    public void Update(object? value) => NotebookFunctions.Output?.Update(NotebookFunctions.Bundle(value, _mimeTypes), DisplayId);
}

/// <summary>The functions that .NET Interactive gives every C# cell, for cells that run here.</summary>
#pragma warning disable IDE1006, CA1708 // the names are .NET Interactive's
public static class NotebookFunctions
{
    private const string Plain = "text/plain";

    // Only one cell runs at a time in a process, and what it shows goes to its output.
    internal static ICellOutput? Output { get; set; }

    /// <summary>Shows a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">The representations wanted; none for the type's own choice.</param>
    /// <returns>A handle that can replace what is shown.</returns>
    public static ShownValue display(object? value, params string[] mimeTypes) => value.Display(mimeTypes);

    /// <summary>Marks text as HTML, to be shown as such.</summary>
    public static Html HTML(string content) => new(content);

    /// <summary>Shows a value.</summary>
    /// <inheritdoc cref="display"/>
    public static ShownValue Display(this object? value, params string[] mimeTypes)
    {
        var shown = new ShownValue(mimeTypes);
        Output?.Display(Bundle(value, mimeTypes), shown.DisplayId);
        return shown;
    }

    /// <summary>Shows text as one MIME type.</summary>
    /// <param name="value">The text, already in that format.</param>
    /// <param name="mimeType">For example <c>text/html</c>.</param>
    public static ShownValue DisplayAs(this string value, string mimeType) => value.Display(mimeType);

    /// <summary>A value as notebooks keep it, one representation a MIME type, made by the formatters registered for its type.</summary>
    internal static JsonObject Bundle(object? value, params string[] mimeTypes)
    {
        if (value is null or Html)
        {
            return value is Html html ? new JsonObject { ["text/html"] = html.Content } : new JsonObject { [Plain] = "null" };
        }

        // Jupyter wants plain text in every bundle, for readers that show nothing else.
        var wanted = mimeTypes.Length > 0 ? mimeTypes : Formatter.GetPreferredMimeTypesFor(value.GetType()).Append(Plain);
        return new JsonObject(wanted.Distinct().Select(type =>
        {
            var text = value is string s && (type == Plain || mimeTypes.Length > 0) ? s : value.ToDisplayString(type);
            return KeyValuePair.Create(type, type.EndsWith("json", StringComparison.Ordinal) ? JsonNode.Parse(text) : text);
        }));
    }
}
