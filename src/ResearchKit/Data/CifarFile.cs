using System.Formats.Tar;
using System.IO.Compression;
using ResearchKit.Files;

namespace ResearchKit.Data;

/// <summary>Reads the binary files of CIFAR-10 and CIFAR-100: plain, or straight out of the published .tar.gz without unpacking it on
/// disk.</summary>
/// <remarks>
/// Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009, and the data sets' page: a record is its label bytes
/// (CIFAR-10: one; CIFAR-100: coarse, then fine) and 3,072 bytes: the red, the green and the blue plane of 32 x 32 pixels, row by row.
/// </remarks>
public static class CifarFile
{
    private const int PixelBytes = 3 * 32 * 32;
    private const int LargestFile = 1 << 30;

    /// <summary>Reads records of CIFAR-10.</summary>
    /// <param name="path">A .bin file, or an archive; gzip is recognised by content, not by name.</param>
    /// <param name="members">The names of the .bin files inside an archive, in the order in which they are joined; none for a plain
    /// file.</param>
    /// <returns>uint8 images (N, 3, 32, 32) and int64 labels (N) from 0 to 9, on the CPU. The caller disposes both.</returns>
    /// <exception cref="DataFileException">The file is missing, empty, damaged, no whole number of records, lacks a member, or has a label
    /// out of range.</exception>
    public static (Tensor Images, Tensor Labels) ReadCifar10(string path, params IReadOnlyList<string> members) =>
        Read(path, members, [("label", 10)]);

    /// <summary>Reads records of CIFAR-100 with their fine labels; the coarse ones are checked and left out.</summary>
    /// <returns>uint8 images (N, 3, 32, 32) and int64 fine labels (N) from 0 to 99, on the CPU. The caller disposes both.</returns>
    /// <inheritdoc cref="ReadCifar10"/>
    public static (Tensor Images, Tensor Labels) ReadCifar100(string path, params IReadOnlyList<string> members) =>
        Read(path, members, [("coarse label", 20), ("fine label", 100)]);

    private static (Tensor Images, Tensor Labels) Read(string path, IReadOnlyList<string> members, (string Name, int Classes)[] labelBytes)
    {
        var files = ReadFiles(path, members);
        var record = labelBytes.Length + PixelBytes;
        foreach (var (name, bytes) in files)
        {
            CheckRecords(path, name, bytes, record, labelBytes);
        }

        var images = empty([files.Sum(f => (long)(f.Bytes.Length / record)), 3, 32, 32], ScalarType.Byte);
        var pixels = images.bytes;
        var labels = new List<long>();
        foreach (var (_, bytes) in files)
        {
            for (var at = 0; at < bytes.Length; at += record)
            {
                bytes.AsSpan(at + labelBytes.Length, PixelBytes).CopyTo(pixels[(labels.Count * PixelBytes)..]);
                labels.Add(bytes[at + labelBytes.Length - 1]);
            }
        }

        return (images, tensor(labels, ScalarType.Int64));
    }

    private static void CheckRecords(string path, string name, byte[] bytes, int record, (string Name, int Classes)[] labelBytes)
    {
        if (bytes.Length == 0 || bytes.Length % record != 0)
        {
            throw new DataFileException(path, $"{name} has {bytes.Length} bytes, but a file of this format holds one or more records of " +
                $"{record} bytes. It is cut short or of another format; get it again.");
        }

        for (var at = 0; at < bytes.Length; at += record)
        {
            for (var i = 0; i < labelBytes.Length; i++)
            {
                if (bytes[at + i] >= labelBytes[i].Classes)
                {
                    throw new DataFileException(path, $"record {at / record} of {name} has the {labelBytes[i].Name} {bytes[at + i]}, " +
                        $"but the largest is {labelBytes[i].Classes - 1}. The file is damaged or of another format; get it again.");
                }
            }
        }
    }

    private static List<(string Name, byte[] Bytes)> ReadFiles(string path, IReadOnlyList<string> members) =>
        GzipFile.Read(path, "the archive", (file, isCompressed) => (isCompressed, members.Count) switch
        {
            (true, > 0) => FromArchive(path, file, members),
            (true, 0) => throw new DataFileException(path, "this is a gzip file; name the members of the archive that are to be read."),
            (false, > 0) => throw new DataFileException(path,
                "this is not a .tar.gz archive; get it again, or name no members to read a plain .bin file."),
            _ => [("the file", ReadWhole(path, "the file", file, file.Length))],
        });

    private static List<(string Name, byte[] Bytes)> FromArchive(string path, Stream file, IReadOnlyList<string> members)
    {
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        var found = new Dictionary<string, byte[]>();
        while (tar.GetNextEntry() is { } entry)
        {
            if (members.Contains(entry.Name))
            {
                found[entry.Name] = entry.DataStream is { } data ? ReadWhole(path, entry.Name, data, entry.Length) : [];
            }
        }

        gzip.CopyTo(Stream.Null); // to its end: only there is the checksum of the whole compared
        return members.FirstOrDefault(m => !found.ContainsKey(m)) is { } missing
            ? throw new DataFileException(path,
                $"the archive has no member '{missing}'. It is another archive or was cut short; get it again.")
            : [.. members.Select(m => (m, found[m]))];
    }

    private static byte[] ReadWhole(string path, string name, Stream stream, long length)
    {
        if (length > LargestFile)
        {
            throw new DataFileException(path, $"{name} has {length} bytes, far more than any file of CIFAR; it is of another format.");
        }

        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
