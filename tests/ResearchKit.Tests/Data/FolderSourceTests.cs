using ResearchKit.Data;
using ResearchKit.Files;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Support;
using ResearchKit.Tests.Files;

namespace ResearchKit.Tests.Data;

public sealed class FolderSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_and_an_array_of_the_same_images_have_the_same_features_and_content()
    {
        _folder.PutMany("set", 150, width: 28, height: 28); // more than are decoded at once
        var folder = new FolderSource(_folder["set"], new ImageFolderOptions());
        using var array = ImageFolder.Read(_folder["set"]);
        using var network = FeatureNetworks.Load("fashion-28");
        using var ofFolder = FeatureExtraction.Of(network, folder, batchSize: 100);
        using var ofArray = FeatureExtraction.Of(network, array, batchSize: 100);
        Assert.Equal(ofArray.ContentSha256, ofFolder.ContentSha256);
        Assert.Equal(ofArray.Features.Floats(), ofFolder.Features.Floats());
        Assert.Equal("transparency on white, orientation as stored", ofFolder.Reading);
    }

    [Fact]
    public void Images_of_different_sizes_keep_their_order()
    {
        for (var i = 0; i < 9; i++)
        {
            _folder.Put($"set/{i}.png", (byte)(20 * i), width: i % 3 == 0 ? 6 : 8, height: 8);
        }

        var shapes = new FolderSource(_folder["set"], new ImageFolderOptions()).Read(2)
            .SelectMany(b => Enumerable.Range(0, (int)b.shape[0]).Select(i => (b.shape[3], b[i, 2, 7, 5].item<byte>()))).ToArray();
        Assert.Equal(Enumerable.Range(0, 9).Select(i => (i % 3 == 0 ? 6L : 8L, (byte)(20 * i))), shapes);
    }

    [Fact]
    public void Fewer_images_are_some_of_every_class_and_always_the_same()
    {
        _folder.PutMany("set/a", 40);
        _folder.PutMany("set/b", 20, from: 100);
        byte[] Taken()
        {
            var source = new FolderSource(_folder["set"], new ImageFolderOptions());
            source.Take(12);
            return [.. source.Read(5).SelectMany(b => Enumerable.Range(0, (int)b.shape[0]).Select(i => b[i, 2, 7, 7].item<byte>()))];
        }

        Assert.Equal(8, Taken().Count(v => v < 100)); // two thirds of them
        Assert.Equal(Taken(), Taken());
        Assert.NotEqual(Enumerable.Range(0, 8).Select(i => (byte)i), Taken().Take(8)); // not the first ones
    }

    [Fact]
    public void A_link_to_a_folder_above_or_to_a_file_listed_before_adds_nothing()
    {
        _folder.PutMany("set/a", 5);
        Directory.CreateSymbolicLink(_folder["set/a/again"], "..");
        Directory.CreateSymbolicLink(_folder["set/b"], _folder["set/a"]);
        File.CreateSymbolicLink(_folder["set/a/z.png"], "000.png");
        _folder.PutMany("set/c", 2, from: 50);
        _folder.PutMany("elsewhere", 3, from: 80);
        Directory.CreateSymbolicLink(_folder["set/c/more"], _folder["elsewhere"]);
        Directory.Delete(_folder["set/b"]);
        Assert.Equal(5 + 2 + 3, new FolderSource(_folder["set"], new ImageFolderOptions()).Count);
        Assert.Equal(3, new FolderSource(Link("direct", "elsewhere"), new ImageFolderOptions()).Count);

        string Link(string name, string target) => Directory.CreateSymbolicLink(_folder[name], _folder[target]).FullName;
    }

    [Fact]
    public void What_a_user_would_be_surprised_by_is_told()
    {
        _folder.Put("set/0.png", 9, channels: 3);
        File.Copy(Path.Combine(Repository.Reference("pictures"), "rgba.png"), _folder["set/1.png"]);
        File.Copy(Path.Combine(Repository.Reference("pictures"), "exif-rotated.jpg"), _folder["set/2.jpg"]);
        File.Copy(Path.Combine(Repository.Reference("pictures"), "two-frames.gif"), _folder["set/3.gif"]);
        File.WriteAllText(_folder["set/4.png"], "broken");
        File.WriteAllText(_folder["set/notes.txt"], "no image");
        var broken = new List<DataFileException>();
        var source = new FolderSource(_folder["set"], new ImageFolderOptions { Channels = 1, OnBroken = broken.Add });
        Assert.Equal(4, source.Read(8).Sum(b => b.shape[0]));
        Assert.Equal(_folder["set/4.png"], Assert.Single(broken).Path);
        Assert.Equal([
            "1 of 5 images could not be read: left out.",
            "1 image has another orientation by EXIF, which is not looked at; orientation exif turns them.",
            "1 image has transparent parts, which are laid on white.",
            "1 image has several frames, of which the first is read; behind the folder's name, :clips makes clips of them.",
            "4 images have colours, which are seen in grey.",
            "1 file with the ending '.txt', as notes.txt: files are read that end in .png, .jpg, .jpeg, .jpe, .jfif, .webp, .bmp or .gif.",
        ], source.Notes);
    }

    [Fact]
    public void Sixteen_bits_are_told_with_how_bright_they_are()
    {
        Directory.CreateDirectory(_folder["set"]);
        // a grey PNG of 2 x 1 pixels with 16 bits, 0x0FFF and 0x0100
        File.WriteAllBytes(_folder["set/a.png"], Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABEAAAAACB2fwVAAAADUlEQVR4nGPg/8/IAAADQAEQRrlY8QAAAABJRU5ErkJggg=="));
        var source = new FolderSource(_folder["set"], new ImageFolderOptions { Channels = 1 });
        Assert.Equal([15, 1], source.Read(1).SelectMany(b => SomeTensors.Bytes(b)).ToArray());
        Assert.Equal("1 image has 16 bits a channel, of which the upper 8 are read; the brightest value is then 15 of 255.",
            Assert.Single(source.Notes));
    }

    [Fact]
    public void A_folder_without_one_good_image_is_an_error()
    {
        Directory.CreateDirectory(_folder["set"]);
        File.WriteAllText(_folder["set/a.png"], "broken");
        var source = new FolderSource(_folder["set"], new ImageFolderOptions { OnBroken = _ => { } });
        BadFile.Fails(_folder["set"], "not one of its 1 images can be read", () => Assert.Empty(source.Read(1)));
    }

    [Fact]
    public void Its_key_is_that_of_the_files_and_of_how_they_are_read()
    {
        _folder.PutMany("set", 3);
        string Key(ImageFolderOptions options) => new FolderSource(_folder["set"], options).Key;
        var key = Key(new());
        Assert.Equal(key, Key(new()));
        Assert.NotEqual(key, Key(new() { Alpha = AlphaHandling.Drop }));
        Assert.NotEqual(key, Key(new() { Size = 4 }));
        _folder.Put("set/001.png", 200);
        Assert.NotEqual(key, Key(new()));
    }
}
