using System.Buffers.Binary;
using System.IO.Compression;
using ICSharpCode.SharpZipLib.Checksum;

namespace ResearchKit.Imaging;

/// <summary>Writes PNG images and animations: 8 bits a channel, grey or RGB, lossless, the same bytes for the same pixels on every machine
/// with the same .NET.</summary>
/// <remarks>W3C, "Portable Network Graphics (PNG) Specification", third edition, animations included. zlib comes from .NET.</remarks>
public static class PngFile
{
    /// <summary>Encodes an image.</summary>
    /// <param name="pixels">Row by row from the top, channels interleaved; width * height * channels bytes.</param>
    /// <param name="width">Pixels a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 (grey) or 3 (RGB).</param>
    /// <exception cref="ArgumentException">The sizes do not fit the bytes, or the channels are neither 1 nor 3.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height, int channels)
    {
        using var file = Start(pixels.Length, width, height, channels);
        WriteChunk(file, "IDAT"u8, Compress(pixels, width * channels));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>Encodes an animation that repeats for ever; a viewer that cannot play it shows the last frame.</summary>
    /// <param name="frames">At least one; each as <see cref="Encode"/> takes its pixels.</param>
    /// <param name="width">Pixels a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 (grey) or 3 (RGB).</param>
    /// <param name="frameMilliseconds">How long a frame stands, from 10 to 65,535.</param>
    /// <exception cref="ArgumentException">There is no frame, the sizes do not fit the bytes, or a number is out of range.</exception>
    public static byte[] EncodeAnimation(IReadOnlyList<byte[]> frames, int width, int height, int channels, int frameMilliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfZero(frames.Count, nameof(frames));
        ArgumentOutOfRangeException.ThrowIfLessThan(frameMilliseconds, 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frameMilliseconds, ushort.MaxValue);
        var other = frames.FirstOrDefault(f => f.Length != frames[0].Length) ?? frames[0];
        using var file = Start(other.Length, width, height, channels);
        WriteChunk(file, "acTL"u8, Numbers(frames.Count, 0)); // 0 repetitions: for ever
        WriteChunk(file, "IDAT"u8, Compress(frames[^1], width * channels)); // before any fcTL: no frame of the animation
        var sequence = 0;
        foreach (var frame in frames)
        {
            // Each frame covers the last one whole, at (0, 0), for so many thousandths of a second.
            WriteChunk(file, "fcTL"u8, [.. Numbers(sequence++, width, height, 0, 0, (frameMilliseconds << 16) | 1000), 0, 0]);
            WriteChunk(file, "fdAT"u8, [.. Numbers(sequence++), .. Compress(frame, width * channels)]);
        }

        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static MemoryStream Start(int bytes, int width, int height, int channels)
    {
        if (channels is not (1 or 3) || width < 1 || height < 1 || bytes != (long)width * height * channels)
        {
            throw new ArgumentException($"A PNG of {width} x {height} pixels with {channels} channel(s) cannot be made from " +
                $"{bytes} bytes; channels must be 1 or 3.", nameof(bytes));
        }

        var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);
        WriteChunk(file, "IHDR"u8, [.. Numbers(width, height), 8, (byte)(channels == 1 ? 0 : 2), 0, 0, 0]);
        return file;
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
        var checksum = new Crc32();
        byte[] body = [.. type, .. data];
        checksum.Update(body);
        file.Write([.. Numbers(data.Length), .. body, .. Numbers((int)(uint)checksum.Value)]);
    }

    private static byte[] Numbers(params ReadOnlySpan<int> values)
    {
        var bytes = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), values[i]);
        }

        return bytes;
    }
}
