using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ResearchKit.Support;

/// <summary>Reads the kit's PNG files, still or animated: a reader of its own, with its own checksum, so that a wrong writer cannot agree
/// with itself.</summary>
internal sealed record PngFrames(int Width, int Height, int Channels, int? Repetitions, List<(byte[] Pixels, int Milliseconds)> Frames)
{
    /// <summary>What a viewer shows that cannot play an animation.</summary>
    public byte[] Still { get; private init; } = [];

    public static PngFrames Decode(byte[] png)
    {
        Assert.Equal([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], png[..8]);
        var chunks = Chunks(png).ToList();
        Assert.Equal(("IHDR", "IEND"), (chunks[0].Type, chunks[^1].Type));
        var header = chunks[0].Body;
        Assert.Equal((8, 0, 0, 0), (header[8], header[10], header[11], header[12]));
        var (width, height, channels) = (Number(header, 0), Number(header, 4), header[9] == 0 ? 1 : 3);
        int? repetitions = null;
        byte[]? still = null;
        var (promised, sequence, milliseconds) = (1, 0, 0);
        var frames = new List<(byte[], int)>();
        foreach (var (type, body) in chunks.Skip(1).SkipLast(1))
        {
            switch (type)
            {
                case "acTL":
                    (promised, repetitions) = (Number(body, 0), Number(body, 4));
                    break;
                case "fcTL":
                    Assert.Equal([sequence++, width, height, 0, 0], Enumerable.Range(0, 5).Select(i => Number(body, 4 * i)));
                    milliseconds = (Number(body, 20) >>> 16) * 1000 / (Number(body, 20) & 0xffff);
                    Assert.Equal([0, 0], body[24..]); // nothing disposed of, nothing blended
                    break;
                case "fdAT":
                    Assert.NotNull(still);
                    Assert.Equal(sequence++, Number(body, 0));
                    frames.Add((Pixels(body[4..], width, height, channels), milliseconds));
                    break;
                default:
                    Assert.Equal(("IDAT", 0), (type, sequence));
                    still = Pixels(body, width, height, channels);
                    break;
            }
        }

        if (repetitions is null)
        {
            frames.Add((still!, 0));
        }

        Assert.Equal(promised, frames.Count);
        return new PngFrames(width, height, channels, repetitions, frames) { Still = still! };
    }

    private static IEnumerable<(string Type, byte[] Body)> Chunks(byte[] png)
    {
        for (var at = 8; at < png.Length; at += 12 + Number(png, at))
        {
            var length = Number(png, at);
            Assert.Equal(SlowCrc(png.AsSpan(at + 4, length + 4)), (uint)Number(png, at + 8 + length));
            yield return (Encoding.ASCII.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + length)]);
        }
    }

    private static byte[] Pixels(byte[] data, int width, int height, int channels)
    {
        using var zlib = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress);
        using var raw = new MemoryStream();
        zlib.CopyTo(raw);
        var rows = raw.ToArray().Chunk(1 + width * channels).ToList();
        Assert.Equal(height, rows.Count);
        Assert.All(rows, r => Assert.Equal(0, r[0])); // no filter
        return [.. rows.SelectMany(r => r[1..])];
    }

    private static int Number(byte[] bytes, int at) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));

    private static uint SlowCrc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
            {
                crc = crc % 2 == 1 ? (crc / 2) ^ 0xEDB88320 : crc / 2;
            }
        }

        return ~crc;
    }
}
