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
        var all = Names(folder, "*").Select(name => (Name: name, Sum: DataCatalog.Sha256Of(Path.Combine(folder, name)))).ToList();
        AtomicFile.Write(Path.Combine(folder, Name), Encoding.UTF8.GetBytes(string.Concat(all.Select(f => $"{f.Sum}  {f.Name}\n"))));
        return all;
    }

    /// <summary>Whether a list names files, all of them are there with their sums, and no other WAV file is.</summary>
    /// <param name="path">A file; only where its name is <see cref="Name"/> it is a list, and of another nothing is wrong.</param>
    public static bool IsRight(string path)
    {
        if (Path.GetFileName(path) != Name)
        {
            return true;
        }

        var folder = Path.GetDirectoryName(path)!;
        var lines = File.ReadLines(path).Select(line => line.Split("  ", 2)).ToList();
        return lines.Count > 0
            && lines.TrueForAll(line => line is [var sum, var name] && Path.Combine(folder, name) is var file && File.Exists(file)
                && DataCatalog.Sha256Of(file) == sum)
            && !Names(folder, "*.wav").Except(lines.Select(line => line[^1])).Any();
    }

    private static IEnumerable<string> Names(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal);
}
