using ResearchKit.Data;
using ResearchKit.Tests.Files;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data;

public class ImageArrayTests
{
    [Theory]
    [InlineData(2L, 4L, 5L, 3L)]
    [InlineData(2L, 4L, 5L, 1L)]
    [InlineData(1L, 1L, 1L, 3L)]
    public void There_and_back(params long[] shape)
    {
        using var scope = NewDisposeScope();
        var array = randint(0, 256, shape, ScalarType.Byte);
        using var set = ImageArray.ToSet("some", array);
        Assert.Equal([shape[0], shape[3], shape[1], shape[2]], set.Images.shape);
        Assert.True(set.Images.is_contiguous());
        Assert.Equal(array[0, ^1, 0, ^1].item<byte>(), set.Images[0, ^1, ^1, 0].item<byte>());
        using var back = ImageArray.FromSet(set);
        SomeTensors.Same(array, back);
    }

    [Fact]
    public void Grey_without_channels()
    {
        using var array = arange(24, ScalarType.Byte).reshape(2, 3, 4);
        using var set = ImageArray.ToSet("some", array);
        Assert.Equal([2, 1, 3, 4], set.Images.shape);
        Assert.Equal(SomeTensors.Bytes(array), SomeTensors.Bytes(set.Images));
        using var back = ImageArray.FromSet(set);
        Assert.Equal([2, 3, 4, 1], back.shape);
    }

    [Fact]
    public void The_set_keeps_its_own_pixels()
    {
        using var array = zeros([2, 3, 4, 1], ScalarType.Byte);
        using var set = ImageArray.ToSet("some", array);
        using var back = ImageArray.FromSet(set);
        array.fill_(9);
        back.fill_(7);
        Assert.All(SomeTensors.Bytes(set.Images), b => Assert.Equal(0, b));
    }

    [Theory]
    [InlineData("move the channels to the end", ScalarType.Byte, 2L, 3L, 8L, 8L)]
    [InlineData("convert it to uint8", ScalarType.Float32, 2L, 8L, 8L, 3L)]
    [InlineData("give it that shape", ScalarType.Byte, 2L, 8L)]
    [InlineData("array[..., :3]", ScalarType.Byte, 2L, 8L, 8L, 4L)]
    [InlineData("give it that shape", ScalarType.Byte, 0L, 8L, 8L, 3L)]
    public void Refuses(string hint, ScalarType type, params long[] shape)
    {
        using var array = zeros(shape, type);
        Assert.Contains(hint, Assert.Throws<ArgumentException>(() => ImageArray.ToSet("some", array)).Message, StringComparison.Ordinal);
    }
}
