using System.Text.Json.Nodes;

namespace ResearchKit.Notebooks.Cells;

/// <summary>The functions that .NET Interactive gives every C# cell, for cells that run here.</summary>
#pragma warning disable IDE1006, CA1708 // the names are .NET Interactive's
public static class NotebookFunctions
{
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
        var shown = new ShownValue(Guid.NewGuid().ToString("N"), mimeTypes);
        Output?.Display(Bundle(value, mimeTypes), shown.DisplayId);
        return shown;
    }

    /// <summary>Shows text as one MIME type.</summary>
    /// <param name="value">The text, already in that format.</param>
    /// <param name="mimeType">For example <c>text/html</c>.</param>
    public static ShownValue DisplayAs(this string value, string mimeType) => value.Display(mimeType);

    internal static JsonObject Bundle(object? value, params string[] mimeTypes) =>
        value is Html html ? new JsonObject { ["text/html"] = html.Content } : MimeBundle.Of(value, mimeTypes);
}
