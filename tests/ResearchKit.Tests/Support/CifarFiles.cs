using System.Formats.Tar;
using System.IO.Compression;

namespace ResearchKit.Support;

/// <summary>Makes files in CIFAR's formats.</summary>
internal static class CifarFiles
{
    public const int PixelBytes = 3072;

    /// <summary>Records with these labels and pixels that count up from the label; coarse labels are 0.</summary>
    public static byte[] Records(int labelBytes, params byte[] labels) =>
        [.. labels.SelectMany(label => Enumerable.Repeat((byte)0, labelBytes - 1).Append(label)
            .Concat(Enumerable.Range(0, PixelBytes).Select(i => (byte)(i * 31 / 7 + label))))];

    public static byte[] Archive(IEnumerable<(string Name, byte[] Bytes)> members)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        {
            gzip.Write(Tar(members));
        }

        return stream.ToArray();
    }

    public static byte[] Tar(IEnumerable<(string Name, byte[] Bytes)> members)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Ustar))
        {
            foreach (var (name, bytes) in members)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
            }
        }

        return stream.ToArray();
    }

    public static void WriteArchive(string path, IEnumerable<(string Name, byte[] Bytes)> members) =>
        File.WriteAllBytes(path, Archive(members));
}
