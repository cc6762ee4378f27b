namespace ResearchKit.Data;

/// <summary>Lists a folder's files, each real one once: a link that leads to a file or a folder listed before adds nothing, and one that
/// leads to a folder above it does not go round. Names that start with a dot are skipped.</summary>
internal sealed class FolderWalk
{
    private readonly string _folder;
    private readonly Dictionary<string, string> _real = []; // of the folders listed: their path without links
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <param name="folder">The folder, which must be there.</param>
    public FolderWalk(string folder)
    {
        _folder = folder;
        var info = new DirectoryInfo(folder);
        _real[folder] = info.LinkTarget is null ? info.FullName : EndOf(info);
        _seen.Add(_real[folder]);
    }

    /// <summary>The files of the folder itself, in the ordinal order of their names.</summary>
    public List<string> Files() => FilesIn(_folder);

    /// <summary>The folder's sub-folders, in the ordinal order of their names.</summary>
    public IEnumerable<string> Subfolders() => SubfoldersOf(_folder);

    /// <summary>All files of a sub-folder and of the folders below it, in the ordinal order of their paths, "/" being a letter.</summary>
    public List<string> FilesBelow(string folder) =>
        [.. Below(folder).OrderBy(f => Path.GetRelativePath(folder, f).Replace(Path.DirectorySeparatorChar, '/'), StringComparer.Ordinal)];

    private IEnumerable<string> Below(string folder) => !_seen.Add(_real[folder]) ? []
        : FilesIn(folder).Concat(SubfoldersOf(folder).SelectMany(Below));

    private List<string> FilesIn(string folder) =>
        [.. Directory.EnumerateFiles(folder).Where(IsShown).Order(StringComparer.Ordinal)
            .Where(f => _seen.Add(RealOf(new FileInfo(f), folder)))];

    private List<string> SubfoldersOf(string folder)
    {
        List<string> found = [.. Directory.EnumerateDirectories(folder).Where(IsShown).Order(StringComparer.Ordinal)];
        found.ForEach(f => _real[f] = RealOf(new DirectoryInfo(f), folder));
        return found;
    }

    private string RealOf(FileSystemInfo entry, string folder) =>
        entry.LinkTarget is null ? Path.Combine(_real[folder], entry.Name) : EndOf(entry);

    private static string EndOf(FileSystemInfo link) => (link.ResolveLinkTarget(returnFinalTarget: true) ?? link).FullName;

    private static bool IsShown(string path) => !Path.GetFileName(path).StartsWith('.');
}
