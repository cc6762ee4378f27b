namespace ResearchKit.Notebooks.Publishing;

/// <summary>Finds the absolute paths of this machine in a text.</summary>
internal sealed class MachinePaths
{
    private readonly Regex _paths;

    /// <summary>Takes the notebook's folder, the checkout, the home folder, the temporary folder and the NuGet cache.</summary>
    /// <param name="notebookFolder">The notebook's folder, a full path.</param>
    public MachinePaths(string notebookFolder)
        : this([
            notebookFolder,
            CheckoutAbove(notebookFolder),
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
        var patterns = folders.OfType<string>().Select(Path.TrimEndingDirectorySeparator)
            .Where(f => f.Length > 0 && f != Path.GetPathRoot(f)).Distinct().Select(Pattern).DefaultIfEmpty("(?!)");
        _paths = new Regex(string.Join('|', patterns), OperatingSystem.IsWindows() ? RegexOptions.IgnoreCase : RegexOptions.None);
    }

    /// <summary>The nearest folder, this one or above, that holds the kit's solution; null where there is none.</summary>
    public static string? CheckoutAbove(string? folder) =>
        folder is null || File.Exists(Path.Combine(folder, "ResearchKit.sln")) ? folder : CheckoutAbove(Path.GetDirectoryName(folder));

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
