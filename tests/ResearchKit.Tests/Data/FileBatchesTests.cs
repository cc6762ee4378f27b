using ResearchKit.Data;
using ResearchKit.Files;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data;

public sealed class FileBatchesTests : IDisposable
{
    private static readonly ImageFolderOptions Small = new() { Size = 8 };

    private readonly TemporaryFolder _folder = new();

    public FileBatchesTests()
    {
        _folder.PutMany("set/dark", 7);
        _folder.PutMany("set/light", 5, from: 100);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_that_are_decoded_as_they_are_needed_give_the_batches_of_a_set_in_memory(bool mirror)
    {
        using var set = ImageFolder.Read(_folder["set"], Small);
        var files = ImageFolder.Open(_folder["set"], Small, mostBytes: 12 * 3 * 64 - 1);
        Assert.Null(files.Set);
        Assert.Equal(set.Fingerprint(), files.Sha256);
        using var expected = new ImageBatches(set, 5, seed: 2, mirror);
        using var actual = new FileBatches(files, [.. Enumerable.Range(0, 12).Select(i => (long)i)], 5, seed: 2, mirror, CPU);
        Assert.Equal((2, expected.BatchesPerEpoch), (actual.Classes, actual.BatchesPerEpoch));
        for (var i = 0; i < 9; i++)
        {
            Assert.Equal(expected.Position, actual.Position);
            Same(expected, actual);
        }

        (expected.Position, actual.Position) = (new SamplerPosition(1, 1), new SamplerPosition(1, 1));
        Same(expected, actual);
    }

    [Fact]
    public void A_mirrored_set_has_each_image_both_ways_once_in_an_epoch()
    {
        using var set = ImageFolder.Read(_folder["set"], Small);
        using var batches = new ImageBatches(set, 6, seed: 1, mirror: true);
        Assert.Equal(4, batches.BatchesPerEpoch);
        using var scope = NewDisposeScope();
        var seen = cat([.. Enumerable.Range(0, 4).Select(_ => batches.NextBatch())]);
        var all = cat([PixelValues.FromBytes(set.Images), PixelValues.FromBytes(set.Images).flip(3)]);
        Assert.All(Enumerable.Range(0, 24), i => Assert.Contains(Enumerable.Range(0, 24), j => seen[j].allclose(all[i], 0, 0)));
    }

    [Fact]
    public void A_file_that_is_lost_meanwhile_is_told()
    {
        var files = ImageFolder.Open(_folder["set"], Small, mostBytes: 0);
        File.Delete(_folder["set/dark/000.png"]);
        using var batches = new FileBatches(files, [0, 1, 2, 3], 4, seed: 0, mirror: false, CPU);
        BadFile.Fails(_folder["set/dark/000.png"], "cannot be read", () => batches.Next());
    }

    [Fact]
    public void What_cannot_be_read_is_left_out_and_told_and_so_are_other_files()
    {
        File.WriteAllText(_folder["set/dark/003.png"], "no image");
        File.WriteAllText(_folder["set/light/x.tif"], "no image");
        var broken = new List<DataFileException>();
        var files = ImageFolder.Open(_folder["set"], Small with { OnBroken = broken.Add }, mostBytes: 0);
        Assert.Equal(11, files.Paths.Count);
        Assert.Equal(6, files.Labels!.Count(l => l == 0));
        Assert.Equal(_folder["set/dark/003.png"], Assert.Single(broken).Path);
        Assert.Contains("1 file with the ending '.tif', as x.tif", Assert.Single(files.Others), StringComparison.Ordinal);
    }

    private static void Same(ImageBatches expected, FileBatches actual)
    {
        using var a = expected.Next();
        using var b = actual.Next();
        Assert.Equal(a.Samples.Floats(), b.Samples.Floats());
        Assert.Equal(a.Labels!.data<long>().ToArray(), b.Labels!.data<long>().ToArray());
    }
}
