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

    [Fact]
    public void Wrong_magic() => Fails("magic number is 0x00000801", folder => Write(folder, Idx(0x801, [12], 12), compressed: true));

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
    public void Header_cut_short() => Fails("header", folder => Write(folder, [0, 0, 8, 3, 0], compressed: false));

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
