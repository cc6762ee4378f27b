using ResearchKit.Diagnostics.Overfitting;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Overfitting;

public class NearestSamplesTests
{
    [Fact]
    public void Neighbours_by_hand()
    {
        using var samples = tensor(new[] { 0f, 0, 9, 4, 3, 0 }, [3, 2]);
        using var pool = tensor(new[] { 3f, 4, 6, 0, 100, 100 }, [3, 2]);
        var nearest = NearestSamples.Of(samples, pool);
        Assert.Equal([0, 1, 1], nearest.Rows);
        Assert.Equal([5, 5, 3], nearest.Distances.Select(d => Math.Round(d, 9)));
        Assert.Equal(5, nearest.Median, 1e-9);
        Assert.Equal(1.5, new NearestSamples([2, 1], [0, 0]).Median);
    }

    [Fact]
    public void Copies_lie_at_distance_0_and_a_set_finds_itself()
    {
        using var pool = randn(50, 8);
        var nearest = NearestSamples.Of(pool, pool);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), nearest.Rows);
        Assert.All(nearest.Distances, d => Assert.Equal(0, d, 1e-6));
    }

    [Fact]
    public void Fresh_samples_are_as_near_to_either_pool_and_copies_are_not()
    {
        using var random = new Generator(3);
        Tensor Draw(int count) => randn(count, 8, generator: random);
        using var train = Draw(400);
        using var heldOut = Draw(400);
        using var fresh = Draw(2000);
        double Share(Tensor samples) => NearestSamples.Of(samples, train).ShareNearerThan(NearestSamples.Of(samples, heldOut));
        Assert.Equal(0.5, Share(fresh), 0.04); // 3.6 standard errors
        using var copies = train + 0.01f * Draw(400);
        Assert.True(Share(copies) > 0.99);
        Assert.Equal(0.5, new NearestSamples([1, 2], [0, 0]).ShareNearerThan(new NearestSamples([1, 2], [5, 5])));
    }

    [Fact]
    public void What_does_not_go_together_is_refused()
    {
        using var narrow = zeros(2, 3);
        using var wide = zeros(2, 4);
        Assert.Throws<ArgumentException>(() => NearestSamples.Of(narrow, wide));
        Assert.Throws<ArgumentException>(() => new NearestSamples([1], [0]).ShareNearerThan(new NearestSamples([1, 2], [0, 0])));
    }
}
