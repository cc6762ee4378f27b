using ResearchKit.Metrics;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

/// <summary>Against Pillow, SciPy and PyTorch: tests/peers/resizers.py.</summary>
public class ImagePreparationTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("resizers.safetensors"));

    public static TheoryData<string, string, int> Sizes =>
        [.. from resizer in ImageResizers.All.Names from images in (string[])["wide", "large"] from size in (int[])[13, 28, 37]
            select (resizer, images, size)];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_resizer_gives_the_numbers_of_its_program(string resizer, string images, int size)
    {
        using var scope = NewDisposeScope();
        var resized = ImageResizers.All.Find(resizer).Apply(Reference[$"images.{images}"], size);
        TensorAssert.Near(Reference[$"{resizer}.{images}.{size}"], resized, 1e-5, $"{resizer}, {images} to {size}");
    }

    [Fact]
    public void Values_are_divided_and_moved_channel_by_channel()
    {
        using var scope = NewDisposeScope();
        var images = tensor(new byte[] { 0, 255, 10, 20, 30, 40 }, [1, 3, 1, 2]);
        var preparation = new ImagePreparation(1, 3, ImageResizers.All.Find("legacy_tf"), Divisor: [1, 2, 4], Offset: [0, 1, 2]);
        Assert.Equal([0f, 4f, 5.5f], preparation.Apply(images).Floats());
        Assert.Equal("RGB, 1 x 1 by legacy_tf, v / (1 2 4) - (0 1 2)", preparation.ToString());
    }

    [Fact]
    public void Colour_becomes_luma_and_grey_three_channels_before_anything_else()
    {
        using var scope = NewDisposeScope();
        var colour = tensor(new byte[] { 200, 100, 50 }, [1, 3, 1, 1]);
        var grey = new ImagePreparation(1, 1, ImageResizers.All.Find("clean"), [1], [0]);
        Assert.Equal([124f], grey.Apply(colour).Floats()); // .299 R + .587 G + .114 B = 124.2, rounded
        var rgb = new ImagePreparation(2, 3, ImageResizers.All.Find("clean"), [1], [0]);
        Assert.Equal(Enumerable.Repeat(7f, 12), rgb.Apply(tensor(new byte[] { 7 }, [1, 1, 1, 1])).Floats());
    }

    [Fact]
    public void Other_channels_and_types_are_refused()
    {
        using var scope = NewDisposeScope();
        var preparation = new ImagePreparation(2, 3, ImageResizers.All.Find("clean"), [1], [0]);
        Assert.Contains("1 or 3 channels", Assert.Throws<ArgumentException>(() => preparation.Apply(zeros([1, 4, 2, 2], ScalarType.Byte)))
            .Message, StringComparison.Ordinal);
        Assert.Contains("must be uint8", Assert.Throws<ArgumentException>(() => preparation.Apply(zeros(1, 3, 2, 2))).Message,
            StringComparison.Ordinal);
    }
}
