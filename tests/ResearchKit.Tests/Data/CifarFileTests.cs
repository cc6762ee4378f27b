using System.IO.Compression;
using CsCheck;
using ResearchKit.Data;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data;

public class CifarFileTests
{
    private static readonly Gen<(byte[] Labels, byte[] Pixels)> Sets =
        Gen.Byte[0, 9].Array[1, 6]
            .SelectMany(labels => Gen.Byte.Array[labels.Length * CifarFiles.PixelBytes].Select(pixels => (labels, pixels)));

    [Fact]
    public void What_is_written_is_read() => Sets.Sample(
        set =>
        {
            using var folder = new TemporaryFolder();
            File.WriteAllBytes(folder["a.bin"],
                [.. set.Labels.SelectMany((l, i) => set.Pixels.Skip(i * CifarFiles.PixelBytes).Take(CifarFiles.PixelBytes).Prepend(l))]);
            var (images, labels) = CifarFile.ReadCifar10(folder["a.bin"]);
            Assert.Equal([set.Labels.Length, 3, 32, 32], images.shape);
            Assert.Equal((ScalarType.Byte, ScalarType.Int64), (images.dtype, labels.dtype));
            Assert.Equal(set.Pixels, images.data<byte>().ToArray());
            Assert.Equal(set.Labels.Select(l => (long)l), labels.data<long>().ToArray());
        },
        iter: 20);

    [Fact]
    public void Fine_labels_of_cifar_100()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.bin"], CifarFiles.Records(2, 99, 0, 42));
        var (images, labels) = CifarFile.ReadCifar100(folder["a.bin"]);
        Assert.Equal([99L, 0, 42], labels.data<long>().ToArray());
        Assert.Equal(42, images[2, 0, 0, 0].item<byte>());
    }

    [Fact]
    public void Members_are_joined_in_the_order_of_the_call_and_others_left_out()
    {
        using var folder = new TemporaryFolder();
        CifarFiles.WriteArchive(folder["a.tar.gz"],
            [("x/readme.html", [1, 2, 3]), ("x/b.bin", CifarFiles.Records(1, 2)), ("x/a.bin", CifarFiles.Records(1, 7, 8))]);
        var (_, labels) = CifarFile.ReadCifar10(folder["a.tar.gz"], "x/a.bin", "x/b.bin");
        Assert.Equal([7L, 8, 2], labels.data<long>().ToArray());
    }

    [Fact]
    public void Cut_short() =>
        Fails("3072 bytes, but a file of this format holds one or more records of 3073", CifarFiles.Records(1, 1)[..^1]);

    [Fact]
    public void Label_out_of_range() => Fails("record 1 of the file has the label 10, but the largest is 9", CifarFiles.Records(1, 1, 10));

    [Fact]
    public void Coarse_label_out_of_range() =>
        Fails("record 0 of the file has the coarse label 20", [20, 5, .. new byte[CifarFiles.PixelBytes]], isCifar100: true);

    [Fact]
    public void Fine_label_out_of_range() =>
        Fails("record 0 of the file has the fine label 100", CifarFiles.Records(2, 100), isCifar100: true);

    [Fact]
    public void Empty_file() => Fails("empty", []);

    [Fact]
    public void Empty_member() => Fails("a.bin has 0 bytes", CifarFiles.Archive([("a.bin", [])]), members: "a.bin");

    [Fact]
    public void Missing_member() => Fails("no member 'b.bin'", CifarFiles.Archive([("a.bin", CifarFiles.Records(1, 1))]), members: "b.bin");

    [Fact]
    public void Archive_without_members() => Fails("name the members", CifarFiles.Archive([("a.bin", CifarFiles.Records(1, 1))]));

    [Fact]
    public void Plain_file_with_members() => Fails("not a .tar.gz archive", CifarFiles.Records(1, 1), members: "a.bin");

    [Fact]
    public void Archive_cut_short() =>
        Fails("damaged or cut short", CifarFiles.Archive([("a.bin", CifarFiles.Records(1, 1, 2, 3))])[..^40], members: "a.bin");

    [Fact]
    public void Gzip_with_a_wrong_checksum()
    {
        var archive = CifarFiles.Archive([("a.bin", CifarFiles.Records(1, 1, 2, 3))]);
        archive[^6] ^= 1;
        Fails("damaged or cut short", archive, members: "a.bin");
    }

    [Fact]
    public void Missing_file()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no such file", Assert.Throws<DataFileException>(() => CifarFile.ReadCifar10(folder["absent.bin"])).Message,
            StringComparison.Ordinal);
    }

    // Whatever a byte of the tar headers becomes, the file is read or refused in one way.
    [Fact]
    public void Damaged_tar_is_refused_in_one_way()
    {
        var tar = CifarFiles.Tar([("a.bin", CifarFiles.Records(1, 1)), ("b.bin", CifarFiles.Records(1, 2))]);
        using var folder = new TemporaryFolder();
        Gen.Select(Gen.Int[0, 511], Gen.Bool, Gen.Byte).Sample(
            (at, second, value) =>
            {
                var copy = (byte[])tar.Clone();
                copy[at + (second ? 512 + 3584 : 0)] = value;
                using (var gzip = new GZipStream(File.Create(folder["t.tar.gz"]), CompressionLevel.Fastest))
                {
                    gzip.Write(copy);
                }

                try
                {
                    CifarFile.ReadCifar10(folder["t.tar.gz"], "a.bin", "b.bin");
                }
                catch (DataFileException)
                {
                    // the only kind of error
                }
            },
            iter: 2000,
            threads: 1);
    }

    private static void Fails(string problem, byte[] content, bool isCifar100 = false, params string[] members)
    {
        using var folder = new TemporaryFolder();
        var path = folder["file"];
        File.WriteAllBytes(path, content);
        var error = Assert.Throws<DataFileException>(() => isCifar100 ? CifarFile.ReadCifar100(path, members)
            : CifarFile.ReadCifar10(path, members));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }
}
