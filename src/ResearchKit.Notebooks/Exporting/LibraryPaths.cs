namespace ResearchKit.Notebooks.Exporting;

/// <summary>The lines <c>#r "path/Library.dll"</c> of cells.</summary>
internal static partial class LibraryPaths
{
    /// <summary>The libraries that a cell names by path.</summary>
    public static IEnumerable<string> In(string source) => Line().Matches(source).Select(m => m.Groups["path"].Value);

    /// <summary>A cell whose paths, relative to one folder, are made relative to another.</summary>
    public static string Moved(string source, string from, string to) => Line().Replace(source, line =>
        line.Groups["before"].Value
            + Path.GetRelativePath(to, Path.Combine(from, line.Groups["path"].Value)).Replace('\\', '/') + line.Groups["after"].Value);

    [GeneratedRegex("""^(?<before>\s*#r\s+")(?<path>[^":]+\.dll)(?<after>".*)$""", RegexOptions.Multiline)]
    private static partial Regex Line();
}
