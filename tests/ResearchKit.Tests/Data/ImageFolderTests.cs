using ResearchKit.Data;
using ResearchKit.Files;
using ResearchKit.Imaging;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_images_in_ordinal_order_and_nothing_else()
    {
        Put("b.png", 2);
        Put("a.PNG", 1);
        Put("B.png", 3);
        Put("sub/z.png", 4);
        Put(".hidden.png", 5);
        File.WriteAllText(_folder["notes.txt"], "no image");
        using var set = ImageFolder.Read(_folder.Path + "/", new ImageFolderOptions { Channels = 1 });
        Assert.Equal([3, 1, 2], set.Images[.., 0, 0, 0].data<byte>().ToArray());
        Assert.Null(set.Labels);
        Assert.Equal(Path.GetFileName(_folder.Path), set.Name);
        Assert.Equal([3, 1, 1, 2], set.Images.shape);
    }

    /// <summary>As pix2pix keeps partners: side by side in one file.</summary>
    [Fact]
    public void Halves_of_its_images_are_two_sets()
    {
        byte[] pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]; // two rows of five
        Directory.CreateDirectory(_folder["ab"]);
        File.WriteAllBytes(_folder["ab/x.png"], PngFile.Encode(pixels, 5, 2, 1));
        var options = new ImageFolderOptions { Channels = 1 };
        using var left = ImageFolder.Read(_folder["ab:left"], options);
        using var right = ImageFolder.Read(_folder["ab:right"], options);
        Assert.Equal([1, 2, 6, 7], left.Images.data<byte>().ToArray());
        Assert.Equal([4, 5, 9, 10], right.Images.data<byte>().ToArray()); // the middle column is in neither
        Assert.Equal("ab:right", right.Name);
        Assert.True(ImageFolder.Exists(_folder["ab:left"]) && !ImageFolder.Exists(_folder["ba:left"]));
        var (a, b) = (new FolderSource(_folder["ab:left"], options), new FolderSource(_folder["ab"], options));
        Assert.Equal([1, 2, 6, 7], a.Read(1).Select(i => i.data<byte>().ToArray()).Single());
        Assert.NotEqual(a.Key, b.Key); // features that are kept for one are not those of the other
        if (!OperatingSystem.IsWindows())
        {
            Put("ab:left/y.png", 77); // a folder of just that name goes first
            using var named = ImageFolder.Read(_folder["ab:left"], options);
            Assert.Equal(77, named.Images[0, 0, 0, 0].item<byte>());
        }

        File.WriteAllBytes(_folder["ab/x.png"], PngFile.Encode([1, 2], 1, 2, 1));
        Assert.Contains("is one pixel wide, so that it has no halves",
            Assert.Throws<DataFileException>(() => ImageFolder.Read(_folder["ab:right"], options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Subfolders_are_classes()
    {
        Put("dog/1.png", 1);
        Put("cat/deep/2.png", 2);
        Put("cat/9.png", 3);
        Put(".ipynb_checkpoints/9.png", 3);
        using var set = ImageFolder.Read(_folder.Path);
        Assert.Equal(["cat", "dog"], set.ClassNames);
        Assert.Equal([0L, 0, 1], set.Labels!.data<long>().ToArray());
        Assert.Equal([3, 2, 1], set.Images[.., 0, 0, 0].data<byte>().ToArray());
        Assert.Equal(3, set.Channels);
    }

    [Fact]
    public void Stops_at_the_count_and_tells_how_far_it_is()
    {
        foreach (var i in Enumerable.Range(0, 5))
        {
            Put($"{i}.png", (byte)i);
        }

        var told = new List<(int, int)>();
        using var set = ImageFolder.Read(_folder.Path,
            new ImageFolderOptions { MaxCount = 3, Progress = (done, of) => told.Add((done, of)) });
        Assert.Equal(3, set.Count);
        Assert.Equal([(1, 3), (2, 3), (3, 3)], told);
    }

    [Fact]
    public void Crops_the_middle_unscaled()
    {
        File.WriteAllBytes(_folder["count.png"], PngFile.Encode([.. Enumerable.Range(0, 6 * 4).Select(i => (byte)i)], 6, 4, 1));
        using var set = ImageFolder.Read(_folder.Path, new ImageFolderOptions { Size = 2, Channels = 1, Fit = ImageFit.CropOnly });
        Assert.Equal([8, 9, 14, 15], set.Images.data<byte>().ToArray());
    }

    [Theory]
    [InlineData(16, 8, "77 77 77 77 5 5 5 5 5 5 5 5 77 77 77 77")]
    [InlineData(8, 16, "77 5 5 77 77 5 5 77 77 5 5 77 77 5 5 77")]
    public void Pads_what_is_missing_with_the_colour(int width, int height, string expected)
    {
        Put("a.png", 5, width, height);
        using var set = ImageFolder.Read(_folder.Path,
            new ImageFolderOptions { Size = 4, Channels = 1, Fit = ImageFit.Pad, PadColor = (77, 77, 77) });
        Assert.Equal(expected, string.Join(' ', set.Images.data<byte>().ToArray()));
    }

    [Fact]
    public void Upright_and_flat_images_are_treated_alike()
    {
        var random = new Random(3);
        var pixels = new byte[21 * 10];
        random.NextBytes(pixels);
        File.WriteAllBytes(_folder["flat.png"], PngFile.Encode(pixels, 21, 10, 1));
        File.WriteAllBytes(_folder["upright.png"],
            PngFile.Encode([.. Enumerable.Range(0, 210).Select(i => pixels[i % 10 * 21 + i / 10])], 10, 21, 1));
        foreach (var fit in Enum.GetValues<ImageFit>())
        {
            using var set = ImageFolder.Read(_folder.Path, new ImageFolderOptions { Size = 7, Channels = 1, Fit = fit });
            using var difference = (set.Images[0].to(ScalarType.Int32) - set.Images[1].transpose(1, 2)).abs().max();
            Assert.InRange(difference.item<int>(), 0, 1);
        }
    }

    [Fact]
    public void Sizes_may_differ_where_one_is_asked_for()
    {
        Put("a.png", 7, 5, 9);
        Put("b.png", 8, 40, 3);
        using var set = ImageFolder.Read(_folder.Path, new ImageFolderOptions { Size = 6 });
        Assert.Equal([2, 3, 6, 6], set.Images.shape);
        Assert.Equal([7, 8], set.Images[.., 1, 5, 5].data<byte>().ToArray());
    }

    [Fact]
    public void A_broken_image_is_an_error_or_named_and_left_out()
    {
        Put("b/1.png", 10);
        Put("b/3.png", 30);
        Put("a/1.png", 50);
        File.WriteAllText(_folder["b/2.png"], "no image");
        Assert.Contains("2.png", Assert.Throws<DataFileException>(() => ImageFolder.Read(_folder.Path)).Message, StringComparison.Ordinal);

        var broken = new List<string>();
        using var set = ImageFolder.Read(_folder.Path, new ImageFolderOptions { OnBroken = e => broken.Add(Path.GetFileName(e.Path)) });
        Assert.Equal(["2.png"], broken);
        Assert.Equal([50, 10, 30], Enumerable.Range(0, 3).Select(i => (int)set.Images[i, 0, 0, 0].item<byte>()));
        Assert.Equal(["a", "b", "b"], Enumerable.Range(0, 3).Select(i => set.ClassOf(i)));

        File.Delete(_folder["a/1.png"]);
        File.Delete(_folder["b/1.png"]);
        File.Delete(_folder["b/3.png"]);
        Directory.Delete(_folder["a"]);
        Assert.Contains("not one of its 1 images",
            Assert.Throws<DataFileException>(() => ImageFolder.Read(_folder.Path, new ImageFolderOptions { OnBroken = _ => { } })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_leaves_no_tensors()
    {
        Put("a.png", 7, 5, 9);
        Put("b.png", 8, 40, 3);
        using var scope = NewDisposeScope();
        using (ImageFolder.Read(_folder.Path, new ImageFolderOptions { Size = 6, Fit = ImageFit.Pad }))
        {
            Assert.Equal(0, scope.DisposablesCount);
        }
    }

    [Fact]
    public void Reading_leaves_the_number_of_threads()
    {
        Put("a.png", 7);
        var threads = get_num_threads();
        set_num_threads(3);
        using var set = ImageFolder.Read(_folder.Path);
        Assert.Equal(3, get_num_threads());
        set_num_threads(threads);
    }

    [Theory]
    [InlineData(0, 3, 1)]
    [InlineData(9000, 3, 1)]
    [InlineData(8, 2, 1)]
    [InlineData(8, 3, 0)]
    public void Options_out_of_range(int size, int channels, int count) =>
        Assert.Throws<ArgumentException>(() => ImageFolder.Read(_folder.Path,
            new ImageFolderOptions { Size = size, Channels = channels, MaxCount = count }));

    private void Put(string name, byte value, int width = 2, int height = 1)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], PngFile.Encode(Enumerable.Repeat(value, width * height).ToArray(), width, height, 1));
    }
}
