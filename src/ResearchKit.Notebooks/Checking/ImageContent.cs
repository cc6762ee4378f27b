using System.Buffers.Binary;
using System.IO.Compression;

namespace ResearchKit.Notebooks.Checking;

/// <summary>Compares images, as notebooks keep them: base64.</summary>
internal static class ImageContent
{
    /// <summary>The first difference of two images of one type, or null.</summary>
    /// <param name="type">The MIME type, which also names the output in the difference.</param>
    /// <param name="committed">The expected image.</param>
    /// <param name="actual">The new image.</param>
    /// <param name="tolerance">With a tag, a PNG or a GIF needs only the same width and height.</param>
    public static OutputDifference? Compare(string type, string committed, string actual, CellTolerance tolerance)
    {
        var (a, b) = (Decode(committed), Decode(actual));
        var (sizeA, sizeB) = (SizeOf(a), SizeOf(b));
        if (a.AsSpan().SequenceEqual(b) || (sizeA == sizeB && sizeA is not null && (tolerance.IsTagged || SamePixels(a, b))))
        {
            return null;
        }

        return sizeA == sizeB
            ? new OutputDifference(type, $"an image of {a.Length} bytes", $"another of {b.Length} bytes")
            : new OutputDifference(type, Size(sizeA), Size(sizeB));
    }

    private static byte[] Decode(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            return Encoding.UTF8.GetBytes(text); // not base64, but it can still be the same text
        }
    }

    private static string Size((int Width, int Height)? size) =>
        size is var (width, height) ? $"{width} x {height} pixels" : "an image whose size cannot be read";

    private static (int Width, int Height)? SizeOf(ReadOnlySpan<byte> file)
    {
        if (file.Length >= 24 && IsPng(file))
        {
            return (BinaryPrimitives.ReadInt32BigEndian(file[16..]), BinaryPrimitives.ReadInt32BigEndian(file[20..]));
        }

        return file.Length >= 10 && file.StartsWith("GIF8"u8)
            ? (BinaryPrimitives.ReadUInt16LittleEndian(file[6..]), BinaryPrimitives.ReadUInt16LittleEndian(file[8..]))
            : null;
    }

    private static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']);

    // zlib packs the same rows differently from one .NET and one processor to the next, so the bytes of a PNG are compared unpacked.
    private static bool SamePixels(byte[] a, byte[] b)
    {
        try
        {
            return IsPng(a) && IsPng(b) && Unpack(a).AsSpan().SequenceEqual(Unpack(b));
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentOutOfRangeException)
        {
            return false; // a damaged file
        }
    }

    // Every chunk but the packed one as it is, without its checksum; then the rows.
    private static byte[] Unpack(byte[] file)
    {
        using var all = new MemoryStream();
        using var packed = new MemoryStream();
        for (var i = 8; i < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(i));
            var isPacked = file.AsSpan(i + 4, 4).SequenceEqual("IDAT"u8);
            (isPacked ? packed : all).Write(isPacked ? file.AsSpan(i + 8, length) : file.AsSpan(i + 4, length + 4));
            i += length + 12;
        }

        packed.Position = 0;
        using var rows = new ZLibStream(packed, CompressionMode.Decompress);
        rows.CopyTo(all);
        return all.ToArray();
    }
}
