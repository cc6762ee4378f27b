using ResearchKit.Data;
using ResearchKit.Support;
using ResearchKit.Tests.Files;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data;

/// <summary>Against Pillow's numbers, made by tests/peers/pictures.py.</summary>
public class ImageReferenceTests
{
    private static readonly string Images = Repository.Reference("pictures");
    private static readonly ReferenceTensors Pillow = new(Path.Combine(Images, "pillow.safetensors"));

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Images).Select(f => Path.GetFileName(f)).Where(f => !f.EndsWith(".safetensors", StringComparison.Ordinal))
            .Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void Decodes_to_the_bytes_of_Pillow(string file) =>
        Same(Pillow["rgb." + file], Read(file, new ImageFolderOptions { Alpha = AlphaHandling.Drop }));

    [Fact]
    public void Every_kind_of_file_is_there() => Assert.Equal(16, Files.Count);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Exif_turns_as_Pillow_where_it_is_asked(int orientation)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.jpg"], SomeTensors.Bytes(Pillow[$"exif.{orientation}.file"]));
        using var upright = ImageFolder.Read(folder.Path, new ImageFolderOptions { Orientation = ImageOrientation.Exif });
        using var stored = ImageFolder.Read(folder.Path);
        Same(Pillow[$"exif.{orientation}.upright"], upright.Images[0]);
        Assert.Equal([3, 19, 26], stored.Images[0].shape);
    }

    [Fact]
    public void Grey_is_the_luma_of_Pillow() => Same(Pillow["luma.rgb.png"], Read("rgb.png", new ImageFolderOptions { Channels = 1 }));

    [Fact]
    public void Transparent_parts_lie_on_white() => Same(Pillow["on-white.rgba.png"], Read("rgba.png", new ImageFolderOptions()));

    // Pillow's weights are whole numbers of 22 bits: where a value lies next to a half, it may round to the other side.
    [Theory]
    [InlineData(ResizeFilter.Bilinear, 8)]
    [InlineData(ResizeFilter.Bilinear, 40)]
    [InlineData(ResizeFilter.Bicubic, 8)]
    [InlineData(ResizeFilter.Bicubic, 40)]
    public void Scales_as_Pillow(ResizeFilter filter, int size)
    {
        Same(Pillow[$"stretch.{filter}.{size}"],
            Read("rgb.png", new ImageFolderOptions { Size = size, Fit = ImageFit.Squeeze, Filter = filter }), tolerance: 1);
        Same(Pillow[$"crop.{filter}.{size}"], Read("rgb.png", new ImageFolderOptions { Size = size, Filter = filter }), tolerance: 1);
    }

    private static Tensor Read(string file, ImageFolderOptions options)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(Images, file), folder[file]);
        return ImageFolder.Read(folder.Path, options).Images[0];
    }

    private static void Same(Tensor expected, Tensor actual, int tolerance = 0)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected.to(ScalarType.Int32) - actual.to(ScalarType.Int32)).abs().max().item<int>(), 0, tolerance);
    }
}
