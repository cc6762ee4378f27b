using ResearchKit.Data;
using ResearchKit.Diagnostics.Overfitting;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Overfitting;

public class NearestImagesTests
{
    // More images than a batch: the nearest ones lie in different batches, and of two equal ones the first counts.
    [Fact]
    public void Finds_the_same_images_as_a_search_of_the_whole_set()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var pool = randint(0, 256, [600, 3, 4, 4], ScalarType.Byte, generator: random);
        var others = randint(0, 256, [5, 3, 4, 4], ScalarType.Byte, generator: random);
        var samples = cat([pool[500].unsqueeze(0), pool[3].unsqueeze(0), others]); // (7, 3, 4, 4)
        pool[599].copy_(pool[3]);
        using var found = NearestImages.Of(samples, new ImageSet("pool", pool.clone()));
        var squares = (samples.flatten(1).to(ScalarType.Float64).unsqueeze(1) - pool.flatten(1).to(ScalarType.Float64)).square().mean([2]);
        var (least, rows) = squares.min(1); // (7)
        Assert.Equal((500L, 3L, 600L), (found.Differences.Rows[0], found.Differences.Rows[1], found.Compared));
        Assert.Equal(rows.data<long>().ToArray()[2..], found.Differences.Rows.Skip(2));
        Assert.All(least.sqrt().data<double>().ToArray().Zip(found.Differences.Distances), d => Assert.Equal(d.First, d.Second, 1e-3));
        Assert.True(found.Images.Equals(pool.index_select(0, tensor(found.Differences.Rows.ToArray()))));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 4)]
    public void Refuses_images_of_another_size_or_channels(int channels, int side)
    {
        using var samples = zeros([2, 1, 4, 4], ScalarType.Byte);
        using var pool = new ImageSet("pool", zeros([2, channels, side, side], ScalarType.Byte));
        Assert.Contains("not 1 x 4 x 4", Assert.Throws<ArgumentException>(() => NearestImages.Of(samples, pool)).Message,
            StringComparison.Ordinal);
    }
}
