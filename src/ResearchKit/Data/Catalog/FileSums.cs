using System.Text;
using ResearchKit.Files;

namespace ResearchKit.Data.Catalog;

/// <summary>The list of the SHA-256 of a set's files, <c>SHA256SUMS</c>, as the program sha256sum writes and checks it.</summary>
internal static class FileSums
{
    /// <summary>The list's name.</summary>
    public const string Name = "SHA256SUMS";

    /// <summary>Writes the list of all files of a folder and of the folders below it, in the ordinal order of their paths.</summary>
    /// <param name="folder">The folder, which holds no list yet.</param>
    /// <returns>What it holds.</returns>
    public static IReadOnlyList<(string Name, string Sum)> Write(string folder)
    {
        var names = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal);
        var all = names.Select(name => (Name: name, Sum: DataCatalog.Sha256Of(Path.Combine(folder, name)))).ToList();
        AtomicFile.Write(Path.Combine(folder, Name), Encoding.UTF8.GetBytes(string.Concat(all.Select(f => $"{f.Sum}  {f.Name}\n"))));
        return all;
    }

    /// <summary>The first file that is not there, or has another sum than the list says.</summary>
    /// <param name="path">A file; only where its name is <see cref="Name"/> it is a list.</param>
    /// <returns>Its name in the list, or the line that is none of a list; null for none.</returns>
    public static string? WrongIn(string path) => Path.GetFileName(path) != Name ? null
        : File.ReadLines(path).Select(line => line.Split("  ", 2)).FirstOrDefault(line => line is not [var sum, var name]
            || Path.Combine(Path.GetDirectoryName(path)!, name) is var file && (!File.Exists(file) || DataCatalog.Sha256Of(file) != sum))
            ?[^1];
}
