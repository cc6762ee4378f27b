using ResearchKit.Data.Toy;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data.Toy;

public class ToyDistributionTests
{
    [Fact]
    public void The_ring_has_eight_different_places_on_the_unit_circle()
    {
        var ring = GaussianMixture.Ring();
        Assert.Equal(8, ring.Means.Select(m => (Math.Round(m[0], 9), Math.Round(m[1], 9))).Distinct().Count());
        Assert.All(ring.Means, m => Assert.Equal(1, Math.Sqrt(m[0] * m[0] + m[1] * m[1]), 1e-12));
        Assert.All(ring.Sigmas, s => Assert.Equal(0.01, s));
        Assert.Equal([1, 0], ring.Means[0]);
    }

    [Fact]
    public void The_ring_of_VEEGANs_code_has_seven_of_which_one_counts_twice()
    {
        var published = Enumerable.Range(0, 8).Select(i => 2 * Math.PI * i / 7)
            .Select(a => (X: Math.Round(Math.Sin(a), 9) + 0.0, Y: Math.Round(Math.Cos(a), 9) + 0.0)).ToList();
        var ring = GaussianMixture.RingOfVeeganCode();
        Assert.Equal(7, ring.Means.Count);
        foreach (var (mean, weight) in ring.Means.Zip(ring.Weights))
        {
            Assert.Equal(published.Count(p => Math.Abs(p.X - mean[0]) < 1e-6 && Math.Abs(p.Y - mean[1]) < 1e-6) / 8.0, weight, 1e-12);
        }
    }

    [Fact]
    public void The_grid_is_minus_four_to_four_in_steps_of_two()
    {
        var grid = GaussianMixture.Grid();
        double[] places = [-4, -2, 0, 2, 4];
        Assert.Equal(places.SelectMany(x => places.Select(y => (x, y))), grid.Means.Select(m => (m[0], m[1])));
        Assert.All(grid.Sigmas, s => Assert.Equal(0.05, s));
        var scaled = grid.Scaled(0.5);
        Assert.Equal(grid.Means.Select(m => m[0] / 2), scaled.Means.Select(m => m[0]));
        Assert.Equal(0.025, scaled.Sigmas[0]);
    }

    [Fact]
    public void Samples_depend_on_the_seed_alone()
    {
        foreach (var distribution in (ToyDistribution[])[GaussianMixture.Grid(), new SwissRoll(), new TwoMoons(), new UniformDensity(0, 1)])
        {
            using var first = distribution.Sample(50, seed: 4);
            using var again = distribution.Sample(50, seed: 4);
            using var other = distribution.Sample(50, seed: 5);
            Assert.True(first.allclose(again, 0, 0));
            Assert.False(first.allclose(other));
            Assert.Equal(ScalarType.Float32, first.dtype);
            Assert.Equal([50, distribution.Dimensions], first.shape);
        }
    }

    [Fact]
    public void Sampling_leaves_nothing_but_the_samples()
    {
        var ring = GaussianMixture.Ring();
        ResearchKit.Runtime.NativeMemory.Trim();
        var live = Tensor.TotalCount;
        using var samples = ring.Sample(10, seed: 0);
        using var density = ring.LogDensity(samples);
        Assert.Equal(live + 2, Tensor.TotalCount);
    }

    [Fact]
    public void Without_noise_the_roll_is_a_spiral_and_the_moons_are_half_circles()
    {
        using var roll = new SwissRoll(0).Sample(500, seed: 1);
        using var radius = roll.norm(1) * 7.5; // |(t cos t, t sin t)| = t
        using var angle = atan2(roll.select(1, 1), roll.select(1, 0));
        Assert.True((radius.cos() - angle.cos()).abs().max().item<float>() < 1e-3);
        Assert.InRange(radius.min().item<float>(), 1.5f * MathF.PI - 1e-3f, 1.6f * MathF.PI);
        Assert.InRange(radius.max().item<float>(), 4.4f * MathF.PI, 4.5f * MathF.PI + 1e-3f);

        using var moons = new TwoMoons(0).Sample(500, seed: 1);
        using var toOuter = (moons.norm(1) - 1).abs();
        using var toInner = ((moons - tensor(new[] { 1f, 0.5f })).norm(1) - 1).abs();
        Assert.True(minimum(toOuter, toInner).max().item<float>() < 1e-5);
        var outer = (toOuter < 1e-5).sum().item<long>();
        Assert.InRange(outer, 200, 300);
    }

    [Fact]
    public void A_mixture_without_some_modes_never_draws_from_them()
    {
        var two = GaussianMixture.Ring().Only(0, 4);
        using var samples = two.Sample(1000, seed: 2);
        Assert.True(samples.select(1, 1).abs().max().item<float>() < 0.1);
    }
}
