using System.Text.RegularExpressions;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Publishing;

/// <summary>Finds the absolute paths of this machine in a text.</summary>
internal sealed class MachinePaths
{
    private readonly Regex _paths;

    /// <summary>Takes the notebook's folder, the checkout, the home folder, the temporary folder and the NuGet cache.</summary>
    /// <param name="notebookFolder">The notebook's folder.</param>
    public MachinePaths(string notebookFolder)
        : this([
            Path.GetFullPath(notebookFolder),
            Checkout.Above(Path.GetFullPath(notebookFolder)),
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            Path.GetTempPath(),
            Environment.GetEnvironmentVariable("NUGET_PACKAGES"), // else it is in the home folder
        ])
    {
    }

    /// <summary>Takes these folders.</summary>
    /// <param name="folders">Absolute paths; null, empty ones and the root of a file system are left out.</param>
    public MachinePaths(IEnumerable<string?> folders)
    {
        var patterns = folders.OfType<string>().Select(Path.TrimEndingDirectorySeparator).Where(f => f.Length > 0 && f != Path.GetPathRoot(f)).Distinct().Select(Pattern);
        _paths = new Regex(string.Join('|', patterns.DefaultIfEmpty("(?!)")), OperatingSystem.IsWindows() ? RegexOptions.IgnoreCase : RegexOptions.None);
    }

    /// <summary>The first path in a text, or null.</summary>
    public string? In(string text) => _paths.Match(text) is { Success: true } match ? match.Value : null;

    // A short one, as /root or /tmp, may also end another path or begin another name. What follows is taken along, to be shown.
    private static string Pattern(string folder)
    {
        var parts = folder.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
        var start = parts.Length > 1 ? "" : @"(?<![\w.~-])";
        var lead = folder[0] is '/' or '\\' ? @"[/\\]" : "";
        return $@"{start}{lead}{string.Join(@"[/\\]+", parts.Select(Regex.Escape))}(?![\w-])[\w./\\-]*";
    }
}
