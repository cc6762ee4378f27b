using CsCheck;
using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics.Modes;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Modes;

public class ModeCoverageTests
{
    [Fact]
    public void Samples_from_k_of_25_modes_give_exactly_k()
    {
        var grid = GaussianMixture.Grid();
        for (var seed = 0; seed < 20; seed++)
        {
            var order = Enumerable.Range(0, 25).ToArray();
            new Random(seed).Shuffle(order);
            for (var k = 1; k <= 25; k++)
            {
                using var samples = grid.Only(order[..k]).Sample(2500, seed);
                var coverage = ModeCoverage.Measure(samples, grid);
                Assert.Equal(k, coverage.Modes);
                Assert.Equal(order[..k].Order(), coverage.PerMode.Index().Where(m => m.Item > 0).Select(m => m.Index));
                Assert.Equal(Math.Log(25.0 / k), coverage.ReverseKl, 0.02); // k equal modes of 25
            }
        }
    }

    [Fact]
    public void Perfect_samples_lie_within_3_sigma_as_often_as_the_Rayleigh_distribution_says()
    {
        foreach (var target in (GaussianMixture[])[GaussianMixture.Grid(), GaussianMixture.Ring()])
        {
            using var samples = target.Sample(100_000, seed: 0);
            var coverage = ModeCoverage.Measure(samples, target);
            Assert.Equal(1 - Math.Exp(-4.5), coverage.HighQuality, 0.0015);
            Assert.Equal(1, coverage.WithinSixSigma);
            Assert.Equal(0, coverage.OffModeMass);
            Assert.Equal(0, coverage.ReverseKl, 0.001);
        }
    }

    [Fact]
    public void Points_by_hand_fall_where_they_should()
    {
        var target = new GaussianMixture("two", [[0, 0], [10, 0]], [1, 0.5]);
        using var samples = tensor(new[] { 2.9f, 0, 3.1f, 0, 0, 6.1f, 10, 1.4f, 10, 1.6f, float.NaN, 0, float.PositiveInfinity, 0 },
            [7, 2]);
        var coverage = ModeCoverage.Measure(samples, target);
        Assert.Equal([1, 1], coverage.PerMode);
        Assert.Equal(2.0 / 7, coverage.HighQuality, 1e-12);
        Assert.Equal(4.0 / 7, coverage.WithinSixSigma, 1e-12);
        Assert.Equal(3.0 / 7, coverage.OffModeMass, 1e-12);
        Assert.Equal(0, coverage.ReverseKl, 1e-12);
    }

    [Fact]
    public void Nothing_near_a_mode_has_no_histogram()
    {
        using var samples = full([10, 2], 100f);
        var coverage = ModeCoverage.Measure(samples, GaussianMixture.Ring());
        Assert.Equal(0, coverage.Modes);
        Assert.Equal(1, coverage.OffModeMass);
        Assert.True(double.IsNaN(coverage.ReverseKl));
    }

    [Fact]
    public void Reverse_KL_is_against_the_targets_own_shares()
    {
        var target = new GaussianMixture("uneven", [[0, 0], [10, 0]], [1, 1], [1, 3]);
        using var samples = tensor(new[] { 0f, 0, 10, 0, 10, 0, 10, 0 }, [4, 2]);
        Assert.Equal(0, ModeCoverage.Measure(samples, target).ReverseKl, 1e-12);
        using var one = zeros(5, 2);
        Assert.Equal(Math.Log(4), ModeCoverage.Measure(one, target).ReverseKl, 1e-12);
    }

    [Fact]
    public void The_order_of_samples_and_a_common_scale_change_nothing() => Gen.Select(Gen.Int[0, 1000], Gen.Double[0.1, 10]).Sample(
        (seed, scale) =>
        {
            var grid = GaussianMixture.Grid(3);
            using var scope = NewDisposeScope();
            var samples = grid.Sample(100, seed) + 0.1f * GaussianMixture.Grid(1, sigma: 1).Sample(100, seed + 1);
            var expected = ModeCoverage.Measure(samples, grid);
            var shuffled = ModeCoverage.Measure(samples.flip(0), grid);
            var scaled = ModeCoverage.Measure(samples.to(ScalarType.Float64) * scale, grid.Scaled(scale));
            return expected.PerMode.SequenceEqual(shuffled.PerMode) && expected.PerMode.SequenceEqual(scaled.PerMode)
                && Math.Abs(expected.ReverseKl - scaled.ReverseKl) < 1e-9;
        },
        iter: 50);

    [Fact]
    public void Samples_of_another_space_are_refused()
    {
        using var line = zeros(4, 1);
        using var none = zeros(0, 2);
        Assert.Throws<ArgumentException>(() => ModeCoverage.Measure(line, GaussianMixture.Ring()));
        Assert.Throws<ArgumentException>(() => ModeCoverage.Measure(none, GaussianMixture.Ring()));
    }
}
