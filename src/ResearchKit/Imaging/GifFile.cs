using System.Buffers.Binary;

namespace ResearchKit.Imaging;

/// <summary>Writes animated GIF pictures that repeat for ever, with one palette for all frames.</summary>
/// <remarks>CompuServe, "Graphics Interchange Format, Version 89a", and Netscape's application extension for the repetition.</remarks>
public static class GifFile
{
    /// <summary>Encodes an animation.</summary>
    /// <param name="frames">At least one; each row by row from the top, channels interleaved, width * height * channels bytes.</param>
    /// <param name="width">Pixels a row, from 1 to 65,535.</param>
    /// <param name="height">Rows, from 1 to 65,535.</param>
    /// <param name="channels">1 (grey) or 3 (RGB).</param>
    /// <param name="frameMilliseconds">How long a frame stands, from 10 to 655,350; rounded to GIF's steps of 10.</param>
    /// <returns>The file. Pixels are exact where all frames have at most 256 colours together, which grey ones always have; else each is
    /// the nearest of 256 colours chosen by a kind of median cut.</returns>
    /// <exception cref="ArgumentException">The sizes do not fit the bytes, or a number is out of range.</exception>
    public static byte[] Encode(IReadOnlyList<byte[]> frames, int width, int height, int channels, int frameMilliseconds)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentOutOfRangeException.ThrowIfLessThan(frameMilliseconds, 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frameMilliseconds, 655_350);
        if (frames.Count == 0 || channels is not (1 or 3) || width is < 1 or > ushort.MaxValue || height is < 1 or > ushort.MaxValue
            || frames.Any(f => f.Length != (long)width * height * channels))
        {
            throw new ArgumentException($"A GIF of {width} x {height} pixels with {channels} channel(s) cannot be made from " +
                $"{frames.Count} frame(s) of {string.Join(", ", frames.Select(f => f.Length).Distinct().Take(3))} bytes; channels must " +
                $"be 1 or 3 and sides at most {ushort.MaxValue}.", nameof(frames));
        }

        var palette = GifPalette.Of(frames, channels);
        var bits = Math.Max(1, 32 - int.LeadingZeroCount(palette.Count - 1)); // a colour table has 2^bits entries
        using var file = new MemoryStream();
        file.Write("GIF89a"u8);
        WriteNumber(file, width);
        WriteNumber(file, height);
        file.Write([(byte)(0xf0 | (bits - 1)), 0, 0]); // a global table, 8 bits a channel
        file.Write(palette.Table(1 << bits));
        file.Write([0x21, 0xff, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0]); // repeat for ever
        foreach (var frame in frames)
        {
            file.Write([0x21, 0xf9, 4, 0]); // a frame covers all: nothing to dispose of, nothing transparent
            WriteNumber(file, (frameMilliseconds + 5) / 10);
            file.Write([0, 0, 0x2c, 0, 0, 0, 0]);
            WriteNumber(file, width);
            WriteNumber(file, height);
            file.WriteByte(0);
            GifLzw.Write(file, palette.Indices(frame), Math.Max(2, bits));
        }

        file.WriteByte(0x3b);
        return file.ToArray();
    }

    private static void WriteNumber(MemoryStream file, int value)
    {
        Span<byte> number = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(number, (ushort)value);
        file.Write(number);
    }
}
