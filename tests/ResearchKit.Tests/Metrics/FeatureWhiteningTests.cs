using ResearchKit.Diagnostics.Collapse;
using ResearchKit.Metrics;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class FeatureWhiteningTests
{
    [Fact]
    public void Products_and_measures_are_numpys_and_distances_scipys()
    {
        using var scope = NewDisposeScope();
        var reference = new ReferenceTensors("Reference/collapse.safetensors");
        var real = Draw(41, 400, 6).matmul(Draw(42, 6, 20)) + (0.3 * Draw(43, 400, 20)) + 7;
        var other = Draw(44, 40, 6).matmul(Draw(42, 6, 20)) + (0.3 * Draw(45, 40, 20)) + 6;
        TensorAssert.Near(reference["whitening.start"], other.slice(0, 0, 2, 1), 1e-12, "inputs");
        using var units = FeatureWhitening.Of(real);
        Assert.Equal(reference["whitening.directions"].item<long>(), units.Directions);
        var white = units.Apply(other);
        TensorAssert.Near(reference["whitening.products"], white.matmul(white.t()), 1e-10, "products"); // an axis has no sign
        var measures = reference["whitening.measures"].data<double>().ToArray();
        Assert.Equal(measures[0], FeatureSpectrum.Of(white, zeros(units.Directions)).EffectiveRank, 1e-10);
        Assert.Equal(measures[1], VendiScore.OfFeatures(white), 1e-10);
        using var all = FeatureWhitening.Of(real, share: 1);
        TensorAssert.Near(reference["whitening.mahalanobis"], all.Apply(other).norm(1), 1e-10, "distances");
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(1)]
    public void Real_samples_vary_by_one_in_the_fewest_directions_that_hold_the_share(double share)
    {
        using var scope = NewDisposeScope();
        var real = (Draw(1, 300, 5) * arange(1, 6, dtype: ScalarType.Float64)).matmul(Draw(2, 5, 12)) - 40; // rank 5
        using var units = FeatureWhitening.Of(real, share);
        var white = units.Apply(real);
        using var statistics = FeatureStatistics.Of(white);
        TensorAssert.Near(eye(units.Directions, dtype: ScalarType.Float64), statistics.Covariance, 1e-9, "covariance");
        Assert.True(statistics.Mean.abs().max().item<double>() < 1e-9);
        var variances = FeatureSpectrum.Of(real).Eigenvalues;
        Assert.Equal(Enumerable.Range(1, 5).First(k => k == 5 || variances.Take(k).Sum() >= share * variances.Sum()), units.Directions);
        Assert.Equal(units.Directions, FeatureSpectrum.Of(white, zeros(units.Directions)).EffectiveRank, 1e-9); // the most there is
        var sums = white.t().matmul(real - real.mean([0])).norm(1); // (k): N - 1 times the root of each axis' variance
        TensorAssert.Near(tensor(variances.Take(units.Directions).Select(v => 299 * Math.Sqrt(v)).ToArray()), sums, 1e-9, "order");
    }

    [Fact]
    public void No_linear_change_of_the_features_changes_what_all_directions_say()
    {
        using var scope = NewDisposeScope();
        var (real, fake, change) = (Draw(3, 200, 8), Draw(4, 50, 8) * 2, Draw(5, 8, 8));
        using var before = FeatureWhitening.Of(real, share: 1);
        using var after = FeatureWhitening.Of(real.matmul(change) + 3, share: 1);
        var (x, y) = (before.Apply(fake), after.Apply(fake.matmul(change) + 3));
        TensorAssert.Near(x.matmul(x.t()), y.matmul(y.t()), 1e-9, "products");
        Assert.Equal(VendiScore.OfFeatures(x), VendiScore.OfFeatures(y), 1e-9);
    }

    [Fact]
    public void What_gives_no_units_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.StartsWith("All rows of the real features are the same",
            Assert.Throws<ArgumentException>(() => FeatureWhitening.Of(Draw(1, 1, 4).repeat(9, 1))).Message, StringComparison.Ordinal);
        foreach (var share in (double[])[0, -1, 1.01, double.NaN])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => FeatureWhitening.Of(Draw(1, 9, 4), share));
        }

        using var units = FeatureWhitening.Of(Draw(1, 9, 4));
        Assert.StartsWith("Generated features are 5 wide and real ones 4",
            Assert.Throws<ArgumentException>(() => units.Apply(ones(2, 5))).Message, StringComparison.Ordinal);
    }

    private static Tensor Draw(ulong seed, long rows, long columns)
    {
        using var random = new Generator(seed);
        return randn(rows, columns, dtype: ScalarType.Float64, generator: random);
    }
}
