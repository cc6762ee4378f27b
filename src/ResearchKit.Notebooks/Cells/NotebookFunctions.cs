using System.Collections.Concurrent;
using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Formatting;

namespace ResearchKit.Notebooks.Cells;

/// <summary>The functions that .NET Interactive gives every C# cell, for cells that run here. <c>Display</c>, <c>DisplayAs</c> and
/// <c>Update</c> are its formatting library's own.</summary>
#pragma warning disable IDE1006 // the names are .NET Interactive's
public static class NotebookFunctions
{
    private const string Plain = "text/plain";

    private static readonly ConcurrentDictionary<string, bool> Shown = [];

    /// <summary>Shows a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">The representations wanted; none for the type's own choice.</param>
    /// <returns>A handle that can replace what is shown.</returns>
    public static DisplayedValue display(object? value, params string[] mimeTypes)
    {
        // The handle that Display gives has another name than what it shows, so updates nothing; the value that it announces has it.
        DisplayedValue? announced = null;
        using (Formatter.SubscribeToDisplayedValues(v => announced = ReferenceEquals(v.Value, value) ? v : announced))
        {
            value!.Display(mimeTypes); // null shows, too
        }

        return announced!;
    }

    /// <summary>Marks text as HTML, to be shown as such.</summary>
    public static IHtmlContent HTML(string content) => new HtmlString(content);

    /// <summary>Shows a chart where <c>Show()</c> would open a browser.</summary>
    public static void ShowChart(object chart) => chart.Display();

    /// <summary>Hands on what a cell shows, or shows anew. An update under a name that nothing was shown by is shown as a new
    /// value.</summary>
    internal static void Send(DisplayedValue shown, ICellOutput output)
    {
        var data = Bundle(shown);
        if (!Shown.TryAdd(shown.DisplayId, true))
        {
            output.Update(data, shown.DisplayId);
        }
        else
        {
            output.Display(data, shown.DisplayId);
        }
    }

    private static JsonObject Bundle(DisplayedValue shown)
    {
        var chosen = shown.FormattedValues.Select(f => f.MimeType).ToList();
        var asked = shown.Value is not null && !chosen.SequenceEqual(Formatter.GetPreferredMimeTypesFor(shown.Value.GetType()));
        return Bundle(shown.Value, shown.FormattedValues.Select(f => (f.MimeType, f.Value)), withPlain: !asked);
    }

    /// <summary>The value of a cell's last expression.</summary>
    internal static JsonObject Bundle(object? value) => value is null
        ? new JsonObject { [Plain] = "null" }
        : Bundle(value, Formatter.GetPreferredMimeTypesFor(value.GetType()).Select(t => (t, value.ToDisplayString(t))), withPlain: true);

    // Jupyter wants plain text in every bundle, for readers that show nothing else.
    private static JsonObject Bundle(object? value, IEnumerable<(string Type, string Text)> formatted, bool withPlain)
    {
        var data = new JsonObject(formatted.Select(f => KeyValuePair.Create(f.Type,
            f.Type.EndsWith("json", StringComparison.Ordinal) ? JsonNode.Parse(f.Text) : f.Text)));
        if (withPlain && !data.ContainsKey(Plain) && value is not IHtmlContent)
        {
            data[Plain] = value?.ToDisplayString(Plain) ?? "null";
        }

        return data;
    }
}
