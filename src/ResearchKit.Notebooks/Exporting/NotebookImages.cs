namespace ResearchKit.Notebooks.Exporting;

/// <summary>The images that a notebook's texts show from files beside it.</summary>
internal static partial class NotebookImages
{
    /// <summary>The full paths of those that are there.</summary>
    /// <param name="text">Markdown.</param>
    /// <param name="folder">Where relative addresses start.</param>
    public static IEnumerable<string> In(string text, string folder) =>
        Image().Matches(text).Select(image => PathOf(image, folder)).Where(File.Exists);

    /// <summary>A text with the addresses of its images replaced, where they name a file.</summary>
    /// <param name="text">Markdown.</param>
    /// <param name="folder">Where relative addresses start.</param>
    /// <param name="address">A file's path to what shall stand for it.</param>
    public static string Replace(string text, string folder, Func<string, string> address) => Image().Replace(text, image =>
    {
        var path = PathOf(image, folder);
        return File.Exists(path) ? image.Groups["before"].Value + address(path) + ")" : image.Value;
    });

    private static string PathOf(Match image, string folder) =>
        Path.Combine(folder, Uri.UnescapeDataString(image.Groups["file"].Value));

    [GeneratedRegex(@"(?<before>!\[[^\]]*\]\()(?<file>[^)\s:]+)\)")]
    private static partial Regex Image();
}
