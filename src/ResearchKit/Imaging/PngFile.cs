using System.Buffers.Binary;
using System.IO.Compression;
using ResearchKit.Files;

namespace ResearchKit.Imaging;

/// <summary>Writes PNG pictures: 8 bits a channel, grey or RGB, the same bytes for the same pixels on every machine with the same
/// .NET.</summary>
/// <remarks>W3C, "Portable Network Graphics (PNG) Specification", third edition. zlib comes from .NET.</remarks>
public static class PngFile
{
    /// <summary>Encodes a picture.</summary>
    /// <param name="pixels">Row by row from the top, channels interleaved; width * height * channels bytes.</param>
    /// <param name="width">Pixels a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 (grey) or 3 (RGB).</param>
    /// <exception cref="ArgumentException">The sizes do not fit the bytes, or the channels are neither 1 nor 3.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height, int channels)
    {
        if (channels is not (1 or 3) || width < 1 || height < 1 || pixels.Length != (long)width * height * channels)
        {
            throw new ArgumentException($"A PNG of {width} x {height} pixels with {channels} channel(s) cannot be made from " +
                $"{pixels.Length} bytes; channels must be 1 or 3.", nameof(pixels));
        }

        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = (byte)(channels == 1 ? 0 : 2);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(pixels, width * channels));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compress(ReadOnlySpan<byte> pixels, int stride)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.SmallestSize))
        {
            for (var row = 0; row < pixels.Length; row += stride)
            {
                zlib.WriteByte(0); // filter: none
                zlib.Write(pixels.Slice(row, stride));
            }
        }

        return data.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Append(Crc32.Append(0, type), data));
        file.Write(number);
    }
}
