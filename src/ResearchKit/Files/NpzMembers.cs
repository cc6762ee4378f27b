using System.IO.Compression;

namespace ResearchKit.Files;

/// <summary>The members of an .npz archive, checked before any is opened.</summary>
internal static class NpzMembers
{
    public const string Suffix = ".npy";

    // Features and pictures rarely shrink tenfold. Arrays of zeros may shrink a thousandfold, so small totals pass anyhow.
    private const long AlwaysAllowed = 1L << 28;
    private const int LargestRatio = 100;

    /// <summary>Members by array name, in the archive's order.</summary>
    public static Dictionary<string, ZipArchiveEntry> Of(ZipArchive archive, long fileLength, string path)
    {
        var members = new Dictionary<string, ZipArchiveEntry>();
        var packed = 0L;
        foreach (var entry in archive.Entries)
        {
            var quoted = TensorFile.Quote(entry.FullName);
            if (entry.FullName.StartsWith('/') || entry.FullName.Contains('\\') || entry.FullName.Contains(':')
                || entry.FullName.Split('/').Contains(".."))
            {
                throw new DataFileException(path, $"the member {quoted} has a name that leads out of the archive; do not trust this file.");
            }

            if (!entry.FullName.EndsWith(Suffix, StringComparison.Ordinal))
            {
                throw new DataFileException(path, $"the member {quoted} is no .npy array; write the archive with numpy.savez.");
            }

            if (entry.IsEncrypted)
            {
                throw new DataFileException(path, $"the member {quoted} is encrypted; write the archive again without a password.");
            }

            if (!members.TryAdd(entry.FullName[..^Suffix.Length], entry))
            {
                throw new DataFileException(path, $"the member {quoted} is there twice; write the archive again with one array a name.");
            }

            if (entry.CompressedLength < 0 || entry.Length < 0 || entry.CompressedLength > fileLength - packed)
            {
                throw new DataFileException(path, $"its members take more bytes than the file's {fileLength}, so they overlap or are " +
                    $"cut short; do not trust this file.");
            }

            packed += entry.CompressedLength;
        }

        return members;
    }

    /// <summary>Refuses members that would grow beyond 256 MiB and a hundred times the file's length.</summary>
    public static void CheckExpansion(IEnumerable<ZipArchiveEntry> entries, long fileLength, string path)
    {
        var limit = Math.Max(AlwaysAllowed, fileLength > long.MaxValue / LargestRatio ? long.MaxValue : fileLength * LargestRatio);
        var left = limit;
        foreach (var entry in entries)
        {
            left = entry.Length > left
                ? throw new DataFileException(path, $"its {fileLength} bytes would unpack to more than {limit}, as a zip bomb's do; if " +
                    $"you trust the file, unpack it and read the .npy files.")
                : left - entry.Length;
        }
    }
}
