using System.Buffers.Binary;
using System.IO.Compression;
using ResearchKit.Data;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data;

public class IdxFileTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_images_plain_and_gzipped(bool compressed)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, Idx(0x803, [2, 2, 3], 12), compressed);
        using var images = IdxFile.ReadImages(path);
        Assert.Equal([2, 1, 2, 3], images.shape);
        Assert.Equal(ScalarType.Byte, images.dtype);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (byte)i), images.data<byte>().ToArray());
    }

    [Fact]
    public void Reads_planes_of_colour()
    {
        using var folder = new TemporaryFolder();
        using var images = IdxFile.ReadImages(Write(folder, Idx(0x804, [2, 3, 2, 4], 48), compressed: true));
        Assert.Equal([2, 3, 2, 4], images.shape);
        Assert.Equal(ScalarType.Byte, images.dtype);
        Assert.Equal(24 + 8 + 4 + 3, images[1, 1, 1, 3].item<byte>()); // the second image's green plane, its last pixel
    }

    [Fact]
    public void Reads_labels()
    {
        using var folder = new TemporaryFolder();
        using var labels = IdxFile.ReadLabels(Write(folder, Idx(0x801, [4], 4), compressed: true));
        Assert.Equal([0L, 1, 2, 3], labels.data<long>().ToArray());
    }

    [Fact]
    public void Truncated_gzip() => Fails("cut short", folder =>
    {
        var path = Write(folder, Idx(0x803, [20, 28, 28], 20 * 28 * 28), compressed: true);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^200]);
        return path;
    });

    [Fact]
    public void Truncated_plain_file() => Fails("only 9 follow", folder => Write(folder, Idx(0x803, [2, 2, 3], 9), compressed: false));

    [Theory]
    [InlineData(0x801, new[] { 12 })] // labels
    [InlineData(0x802, new[] { 3, 4 })]
    [InlineData(0x805, new[] { 1, 1, 3, 2, 2 })]
    [InlineData(0xD03, new[] { 1, 3, 1 })] // 32-bit floats
    public void Wrong_magic(int magic, int[] sizes) => Fails(
        $"magic number is 0x{magic:x8}, but an IDX file of images starts with 0x00000803 (grey) or 0x00000804 (colour).",
        folder => Write(folder, Idx(magic, sizes, 12), compressed: true));

    [Fact]
    public void Images_are_no_labels()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, Idx(0x804, [1, 3, 2, 2], 12), compressed: true);
        var error = Assert.Throws<DataFileException>(() => IdxFile.ReadLabels(path));
        Assert.Contains("0x00000804, but an IDX file of labels starts with 0x00000801.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 2, 3)] // a pixel's colours side by side
    [InlineData(4, 3, 1)] // with opacity
    public void Colour_in_another_order(int second, int third, int fourth) => Fails("N x 3 x H x W",
        folder => Write(folder, Idx(0x804, [1, second, third, fourth], 12), compressed: true));

    [Fact]
    public void Truncated_colour() => Fails("promises 2 x 3 x 2 x 2 = 24 bytes, but only 23 follow",
        folder => Write(folder, Idx(0x804, [2, 3, 2, 2], 23), compressed: true));

    [Fact]
    public void Count_too_small() => Fails("more bytes follow", folder => Write(folder, Idx(0x803, [1, 2, 3], 12), compressed: true));

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void Senseless_count(int count) =>
        Fails("make no sense", folder => Write(folder, Idx(0x803, [count, 2000, 3000], 12), compressed: true));

    [Fact]
    public void Empty_file() => Fails("empty", folder => Write(folder, [], compressed: false));

    [Fact]
    public void Header_cut_short() => Fails("ends inside its header", folder => Write(folder, [0, 0, 8, 3, 0], compressed: false));

    [Fact]
    public void Magic_cut_short() => Fails("ends inside its header", folder => Write(folder, [0, 0, 8], compressed: false));

    [Fact]
    public void Missing_file() => Fails("no such file", folder => folder["absent.gz"]);

    // One error of one kind, that names the file and what is wrong.
    private static void Fails(string problem, Func<TemporaryFolder, string> make)
    {
        using var folder = new TemporaryFolder();
        var path = make(folder);
        var error = Assert.Throws<DataFileException>(() => IdxFile.ReadImages(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private static byte[] Idx(int magic, int[] sizes, int bytes)
    {
        var file = new byte[4 + 4 * sizes.Length + bytes];
        BinaryPrimitives.WriteInt32BigEndian(file, magic);
        for (var i = 0; i < sizes.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + 4 * i), sizes[i]);
        }

        for (var i = 0; i < bytes; i++)
        {
            file[4 + 4 * sizes.Length + i] = (byte)(bytes < 256 ? i : i * 7919 >> 4);
        }

        return file;
    }

    private static string Write(TemporaryFolder folder, byte[] content, bool compressed)
    {
        var path = folder["file"];
        using var file = File.Create(path);
        using Stream stream = compressed ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(content);
        return path;
    }
}
