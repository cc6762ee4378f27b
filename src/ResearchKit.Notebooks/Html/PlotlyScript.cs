using System.Reflection;
using ResearchKit.Notebooks.Exporting;

namespace ResearchKit.Notebooks.Html;

/// <summary>plotly.js, which Plotly.NET carries as a resource.</summary>
internal static class PlotlyScript
{
    private const string Library = "Plotly.NET";

    /// <summary>That of the Plotly.NET which this process has loaded; null where it has none.</summary>
    public static string? Loaded() => In(AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => a.GetName().Name == Library));

    /// <summary>That of the Plotly.NET beside a library that the notebook references; null where there is none, or no chart.</summary>
    public static string? Beside(NotebookFile notebook)
    {
        var charts = notebook.CodeCells.SelectMany(c => c.Outputs).Any(o => o!["data"]?[NotebookText.PlotlyMimeType] is not null);
        var paths = notebook.CodeCells.SelectMany(c => LibraryPaths.In(c.Source))
            .Select(p => Path.Combine(notebook.Folder, Path.GetDirectoryName(p)!, Library + ".dll"));
        return charts && paths.FirstOrDefault(File.Exists) is { } path ? In(Assembly.LoadFrom(Path.GetFullPath(path))) : null;
    }

    private static string? In(Assembly? assembly) =>
        assembly?.GetManifestResourceNames().FirstOrDefault(n => n.EndsWith(".min.js", StringComparison.Ordinal)) is { } name
            ? TextFiles.ReadEmbedded(name, assembly) : null;
}
