using ResearchKit.Data;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data;

public class ImageSetTests
{
    [Fact]
    public void Every_pixel_value_survives_the_way_to_the_network_and_back()
    {
        using var set = new ImageSet("ramp", arange(256, ScalarType.Byte).reshape(1, 1, 16, 16));
        using var batch = set.First(1);
        Assert.Equal(-1f, batch.min().item<float>());
        Assert.Equal(1f, batch.max().item<float>());
        using var pixels = PixelValues.ToBytes(batch);
        Assert.True(pixels.equal(set.Images).all().item<bool>());
    }

    [Fact]
    public void Picks_the_images_that_the_indices_name()
    {
        using var set = new ImageSet("steps", arange(5, ScalarType.Byte).reshape(5, 1, 1, 1), tensor(new long[] { 0, 1, 0, 1, 0 }),
            ["even", "odd"]);
        using var batch = set.Batch(tensor(new long[] { 4, 1 }));
        using var pixels = PixelValues.ToBytes(batch);
        Assert.Equal([4, 1], pixels.data<byte>().ToArray());
        Assert.Equal("odd", set.ClassOf(3));
    }

    [Fact]
    public void Pads_with_the_darkest_value_around_the_middle()
    {
        using var set = new ImageSet("white", full([1, 1, 28, 28], 255, ScalarType.Byte));
        using var padded = set.PadTo(32);
        Assert.Equal((32, 32), (padded.Height, padded.Width));
        Assert.Equal(28 * 28 * 255L, padded.Images.to(ScalarType.Int64).sum().item<long>());
        Assert.Equal(0, padded.Images[0, 0, 1, 16].item<byte>());
        Assert.Equal(255, padded.Images[0, 0, 2, 2].item<byte>());
    }

    [Fact]
    public void Resizing_keeps_an_even_colour()
    {
        using var set = new ImageSet("even", full([2, 3, 28, 28], 77, ScalarType.Byte));
        using var large = set.ResizeTo(64);
        using var small = set.ResizeTo(9);
        Assert.Equal([2, 3, 64, 64], large.Images.shape);
        Assert.True(large.Images.eq(77).all().item<bool>());
        Assert.True(small.Images.eq(77).all().item<bool>());
    }

    [Fact]
    public void Colours_become_luma_and_grey_three_equal_channels()
    {
        using var set = new ImageSet("colour", randint(0, 256, [1030, 3, 2, 2], ScalarType.Byte), zeros(1030, ScalarType.Int64));
        using var grey = set.ToChannels(1);
        using var again = grey.ToChannels(3);
        Assert.Equal([1030, 1, 2, 2], grey.Images.shape);
        foreach (var i in (long[])[0, 17, 1024, 1029])
        {
            byte At(long channel) => set.Images[i, channel, 1, 0].item<byte>();
            Assert.Equal(ImageFile.Luma(At(0), At(1), At(2)), grey.Images[i, 0, 1, 0].item<byte>());
            Assert.Equal(grey.Images[i, 0, 1, 0].item<byte>(), again.Images[i, 2, 1, 0].item<byte>());
        }

        Assert.Equal(1030, again.Classes!.Counts[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.ToChannels(2));
    }

    [Fact]
    public void Refuses_other_dtypes_and_shapes()
    {
        Assert.Throws<ArgumentException>(() => new ImageSet("x", zeros(1, 1, 2, 2)));
        Assert.Throws<ArgumentException>(() => new ImageSet("x", zeros([1, 2, 2], ScalarType.Byte)));
        Assert.Throws<ArgumentException>(() => new ImageSet("x", zeros([2, 1, 2, 2], ScalarType.Byte), zeros([3], ScalarType.Int64)));
    }
}
