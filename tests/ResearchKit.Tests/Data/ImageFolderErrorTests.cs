using System.Buffers.Binary;
using CsCheck;
using ResearchKit.Data;
using ResearchKit.Files;
using ResearchKit.Imaging;
using ResearchKit.Support;

namespace ResearchKit.Tests.Data;

/// <summary>Folders and images that cannot be read: one error of one kind, that names the file and what is wrong.</summary>
public sealed class ImageFolderErrorTests : IDisposable
{
    private static readonly string Images = Repository.Reference("pictures");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_sizes()
    {
        Put("a.png", 7, 5, 9);
        Put("b.png", 8, 40, 3);
        Fails(_folder["b.png"], $"is 40 x 3 pixels, but {_folder["a.png"]} is 5 x 9; set ImageFolderOptions.Size");
    }

    [Fact]
    public void Missing_folder() => Fails(_folder["absent"], "no such folder", folder: _folder["absent"]);

    [Fact]
    public void Folder_without_images() => Fails(_folder.Path, "holds no image, neither itself nor in subfolders");

    [Fact]
    public void Class_without_images()
    {
        Put("cat/1.png", 1);
        Directory.CreateDirectory(_folder["dog"]);
        Fails(_folder["dog"], "holds no image, but its neighbours do");
    }

    [Fact]
    public void A_file_as_folder()
    {
        Put("a.png", 1);
        Fails(_folder["a.png"], "this is a file", folder: _folder["a.png"]);
    }

    [Fact]
    public void Text_named_png()
    {
        File.WriteAllText(_folder["a.png"], "not an image at all");
        Fails(_folder["a.png"], "no PNG, JPEG, WebP, BMP or GIF image");
    }

    [Fact]
    public void Empty_file()
    {
        File.WriteAllText(_folder["a.jpg"], "");
        Fails(_folder["a.jpg"], "no PNG, JPEG, WebP, BMP or GIF image");
    }

    [Fact]
    public void Another_format_named_png()
    {
        File.WriteAllBytes(_folder["a.png"], [0, 0, 1, 0, 1, 0, 1, 1, 2, 0, 1, 0, 1, 0, 0x38, 0, 0, 0, 0x16, 0, 0, 0, // an icon
            .. Bitmap(), .. new byte[16]]);
        Fails(_folder["a.png"], "no PNG, JPEG, WebP, BMP or GIF image");

        static byte[] Bitmap() => [0x28, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 1, 0, .. new byte[24]];
    }

    // At every length: refused, never grey or black in the missing part.
    [Theory]
    [InlineData("baseline-420.jpg", 2)]
    [InlineData("progressive-420.jpg", 2)]
    [InlineData("rgb.png", 24)] // its last 20 bytes are two checksums and the end mark: without them every pixel is still there
    public void Cut_short(string file, int least)
    {
        var whole = File.ReadAllBytes(Path.Combine(Images, file));
        for (var length = whole.Length - least; length >= 0; length -= 37)
        {
            File.WriteAllBytes(_folder[file], whole[..length]);
            var error = Assert.Throws<DataFileException>(() => ImageFolder.Read(_folder.Path));
            Assert.StartsWith(_folder[file], error.Message, StringComparison.Ordinal);
        }

        File.WriteAllBytes(_folder[file], whole[..(whole.Length / 2 + 300)]);
        Fails(_folder[file], "damaged or cut short");
    }

    [Fact]
    public void A_damaged_byte_in_a_png()
    {
        var bytes = File.ReadAllBytes(Path.Combine(Images, "rgb.png"));
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(_folder["a.png"], bytes);
        Fails(_folder["a.png"], "damaged or cut short");
    }

    // Whatever its bytes become, a file is read or refused in one way.
    [Theory]
    [InlineData("progressive-420.jpg")]
    [InlineData("palette-transparent.png")]
    public void Damage_is_refused_in_one_way(string file)
    {
        var whole = File.ReadAllBytes(Path.Combine(Images, file));
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                var bytes = (byte[])whole.Clone();
                Array.ForEach(changes, c => bytes[c.Item1] = c.Item2);
                File.WriteAllBytes(_folder[file], bytes);
                try
                {
                    using var set = ImageFolder.Read(_folder.Path);
                }
                catch (DataFileException e)
                {
                    Assert.StartsWith(_folder[file], e.Message, StringComparison.Ordinal);
                }
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public void A_header_with_an_absurd_size()
    {
        var bytes = File.ReadAllBytes(Path.Combine(Images, "baseline-420.jpg"));
        var frame = bytes.AsSpan(bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xc0])); // marker, length, precision, height, width
        BinaryPrimitives.WriteUInt16BigEndian(frame[5..], 50_000);
        BinaryPrimitives.WriteUInt16BigEndian(frame[7..], 60_000);
        File.WriteAllBytes(_folder["a.jpg"], bytes);
        Fails(_folder["a.jpg"], "60000 x 50000 pixels, more than the 100 million");
    }

    [Fact]
    public void Too_small_to_be_cut()
    {
        Put("a.png", 7, 5, 9);
        Fails(_folder["a.png"], "is 5 x 9 pixels, too small to cut 8 x 8", new ImageFolderOptions { Size = 8, Fit = ImageFit.CropOnly });
    }

    [Fact]
    public void A_file_that_cannot_be_opened()
    {
        Put("a.png", 1);
        File.CreateSymbolicLink(_folder["b.png"], _folder["absent.png"]);
        Fails(_folder["b.png"], "cannot be read");
    }

    private void Fails(string path, string problem, ImageFolderOptions? options = null, string? folder = null)
    {
        var error = Assert.Throws<DataFileException>(() => ImageFolder.Read(folder ?? _folder.Path, options));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private void Put(string name, byte value, int width = 2, int height = 1)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], PngFile.Encode(Enumerable.Repeat(value, width * height).ToArray(), width, height, 1));
    }
}
