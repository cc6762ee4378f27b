using CsCheck;
using ResearchKit.Imaging;
using ResearchKit.Support;

namespace ResearchKit.Tests.Imaging;

public class GifFileTests
{
    // Few distinct indices give long strings and a full table; many give short ones.
    private static readonly Gen<(int CodeSize, byte[] Indices)> Streams =
        Gen.Select(Gen.Int[2, 8], Gen.Int[1, 8])
            .SelectMany((size, used) => Gen.Byte[0, (byte)((1 << Math.Min(size, used)) - 1)].Array[0, 20_000]
            .Select(indices => (size, indices)));

    [Fact]
    public void What_lzw_writes_a_plain_reader_reads() => Streams.Sample(
        s =>
        {
            using var stream = new MemoryStream();
            GifLzw.Write(stream, s.Indices, s.CodeSize);
            Assert.Equal(s.Indices, Read(stream.ToArray()));
        },
        iter: 200);

    [Fact]
    public void Grey_animations_are_exact() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 4])
            .SelectMany((w, h, n) => Gen.Byte.Array[w * h].Array[n].Select(f => (w, h, f))).Sample(
        (w, h, frames) =>
        {
            var decoded = GifFrames.Decode(GifFile.Encode(frames, w, h, 1, 120), out var width, out var height, out _);
            Assert.Equal((w, h, frames.Length), (width, height, decoded.Count));
            for (var i = 0; i < frames.Length; i++)
            {
                Assert.Equal(frames[i].SelectMany(v => new[] { v, v, v }), decoded[i].Pixels);
            }
        },
        iter: 50);

    [Fact]
    public void Up_to_256_colours_are_exact()
    {
        var random = new Random(1);
        var colours = Enumerable.Range(0, 256)
            .Select(_ => new[] { (byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256) }).ToArray();
        var frames = Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, 50 * 60).SelectMany(_ => colours[random.Next(256)]).ToArray())
            .ToList();
        var decoded = GifFrames.Decode(GifFile.Encode(frames, 50, 60, 3, 70), out _, out _, out var repetitions);
        Assert.Equal(frames, decoded.Select(f => f.Pixels));
        Assert.All(decoded, f => Assert.Equal(70, f.Milliseconds));
        Assert.Equal(-1, repetitions); // for ever
    }

    [Fact]
    public void Many_colours_come_near()
    {
        // 2 x 128 x 128 different colours all over the cube: 256 boxes have sides of about 40.
        var frames = Enumerable.Range(0, 2)
            .Select(f => Enumerable.Range(0, 128 * 128)
            .SelectMany(i => new[] { (byte)(i % 128 * 2), (byte)(i / 128 * 2), (byte)(f * 128 + i % 128) }).ToArray()).ToList();
        var decoded = GifFrames.Decode(GifFile.Encode(frames, 128, 128, 3, 100), out _, out _, out _);
        var differences = frames.Zip(decoded).SelectMany(p => p.First.Zip(p.Second.Pixels, (a, b) => Math.Abs(a - b))).ToList();
        Assert.InRange(differences.Average(), 0, 6);
        Assert.InRange(differences.Max(), 0, 32);
    }

    [Fact]
    public void A_rare_colour_is_kept()
    {
        var random = new Random(2);
        var frame = Enumerable.Range(0, 100 * 100)
            .SelectMany(_ => new[] { (byte)random.Next(64), (byte)random.Next(64), (byte)random.Next(64) }).ToArray();
        (frame[0], frame[1], frame[2]) = (255, 255, 255);
        var decoded = GifFrames.Decode(GifFile.Encode([frame], 100, 100, 3, 100), out _, out _, out _);
        Assert.All(decoded[0].Pixels[..3], v => Assert.InRange(v, 200, 255));
    }

    [Theory]
    [InlineData(2, 2, 2, 100)]
    [InlineData(2, 3, 1, 100)]
    [InlineData(0, 2, 1, 100)]
    [InlineData(70_000, 2, 1, 100)]
    [InlineData(2, 2, 1, 9)]
    [InlineData(2, 2, 1, 700_000)]
    public void Refuses_what_does_not_fit(int width, int height, int channels, int milliseconds) =>
        Assert.ThrowsAny<ArgumentException>(() => GifFile.Encode([new byte[4]], width, height, channels, milliseconds));

    [Fact]
    public void Refuses_no_frames() => Assert.Throws<ArgumentException>(() => GifFile.Encode([], 2, 2, 1, 100));

    // By the book, with whole strings in the table and one bit at a time.
    private static List<byte> Read(byte[] stream)
    {
        var codeSize = stream[0];
        var bytes = new List<byte>();
        var at = 1;
        for (; stream[at] != 0; at += stream[at] + 1)
        {
            bytes.AddRange(stream[(at + 1)..(at + 1 + stream[at])]);
        }

        Assert.Equal(stream.Length - 1, at);
        var read = new List<byte>();
        var table = new List<byte[]>();
        byte[]? previous = null;
        var bit = 0;
        while (true)
        {
            var width = codeSize + 1;
            for (; width < 12 && table.Count >= 1 << width; width++)
            {
            }

            var code = Enumerable.Range(bit, width).Select((b, i) => (bytes[b / 8] >> b % 8 & 1) << i).Sum();
            bit += width;
            if (code == 1 << codeSize)
            {
                table = [.. Enumerable.Range(0, (1 << codeSize) + 2).Select(i => new[] { (byte)i })];
                previous = null;
                continue;
            }

            if (code == (1 << codeSize) + 1)
            {
                Assert.True(bytes.Count - (bit + 7) / 8 == 0, "bytes after the end");
                return read;
            }

            var text = code < table.Count ? table[code] : [.. previous!, previous![0]];
            if (previous is not null && table.Count < 4096)
            {
                table.Add([.. previous, text[0]]);
            }

            read.AddRange(text);
            previous = text;
        }
    }
}
