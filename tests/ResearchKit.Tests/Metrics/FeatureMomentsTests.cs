using CsCheck;
using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class FeatureMomentsTests
{
    [Fact]
    public void Merged_shards_equal_the_whole() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Int[2, 60], Gen.Int[1, 6], Gen.Int[0, 20], Gen.Double[-10, 10]).Sample(
        (seed, n, shards, batch, offset) =>
        {
            using var scope = NewDisposeScope();
            var x = Normal(n, 5, seed) + offset;
            using var whole = FeatureStatistics.Of(x);
            using var merged = new FeatureMoments();
            var cuts = Enumerable.Range(0, shards + 1).Select(i => (long)i * n / shards).ToArray();
            for (var i = shards - 1; i >= 0; i--)
            {
                using var shard = new FeatureMoments();
                foreach (var part in cuts[i] == cuts[i + 1] ? [] : x.slice(0, cuts[i], cuts[i + 1], 1).split(batch + 1))
                {
                    shard.Add(part);
                }

                merged.Merge(shard);
            }

            using var statistics = merged.ToStatistics();
            return statistics.Count == n && Near(statistics.Mean, whole.Mean) && Near(statistics.Covariance, whole.Covariance);
        },
        iter: 100);

    [Fact]
    public void A_common_offset_costs_no_digits()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(0);
        // with an offset of 2^30 still exact, though means are rounded to 2^-22
        var x = randint(-8, 8, [200, 3], ScalarType.Float64, generator: random);
        using var plain = FeatureStatistics.Of(x);
        using var moments = new FeatureMoments();
        foreach (var part in (x + (1 << 30)).split(7))
        {
            moments.Add(part);
        }

        using var shifted = moments.ToStatistics();
        Assert.True(shifted.Covariance.allclose(plain.Covariance, 1e-6, 4e-6)); // a sum of squares would have lost all of them
        Assert.True((shifted.Mean - (1 << 30)).allclose(plain.Mean, 0, 1e-6));
    }

    [Fact]
    public void Numbers_by_hand()
    {
        using var scope = NewDisposeScope();
        using var statistics = FeatureStatistics.Of(tensor(new[] { 1f, 0, 3, 2, 5, 1 }, [3, 2]));
        Assert.Equal([3, 1], statistics.Mean.data<double>().ToArray());
        Assert.Equal([4, 1, 1, 1], statistics.Covariance.data<double>().ToArray());
        Assert.Equal(3, statistics.Count);
        Assert.Equal(2, statistics.Dimensions);
    }

    [Fact]
    public void Outlive_the_scope_they_were_made_in_and_leave_nothing_else()
    {
        var live = Tensor.TotalCount;
        FeatureStatistics statistics;
        using (NewDisposeScope())
        {
            using var moments = new FeatureMoments();
            moments.Add(Normal(4, 2, 0));
            moments.Add(Normal(4, 2, 1));
            statistics = moments.ToStatistics();
        }

        Assert.Equal(live + 2, Tensor.TotalCount);
        Assert.Equal([2, 2], statistics.Covariance.shape);
        statistics.Dispose();
        Assert.Equal(live, Tensor.TotalCount);
    }

    [Fact]
    public void What_is_no_statistics_is_refused()
    {
        using var scope = NewDisposeScope();
        using var moments = new FeatureMoments();
        moments.Add(ones(1, 3));
        Assert.Throws<InvalidOperationException>(moments.ToStatistics);
        Assert.Contains("2 wide and those before them 3", Assert.Throws<ArgumentException>(() => moments.Add(ones(1, 2))).Message,
            StringComparison.Ordinal);
        Says("shape (D, D)", zeros(2), eye(3));
        Says("shape (D, D)", zeros(2, 1), eye(2));
        Says("NaN", zeros(2), eye(2) / 0);
        Says("symmetric", zeros(2), tensor(new[] { 1f, 0.5f, 0, 1 }, [2, 2]));
        Says("variances", zeros(2), -eye(2));
        Assert.Contains("at least 2", Assert.Throws<ArgumentException>(() => new FeatureStatistics(zeros(2), eye(2), 1)).Message,
            StringComparison.Ordinal);

        static void Says(string expected, Tensor mean, Tensor covariance) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => new FeatureStatistics(mean, covariance)).Message,
                StringComparison.Ordinal);
    }

    private static bool Near(Tensor a, Tensor b) => (a - b).abs().max().item<double>() <= 1e-12 * Math.Max(1, b.abs().max().item<double>());

    private static Tensor Normal(long n, long d, int seed)
    {
        using var random = new Generator((ulong)seed);
        return randn(n, d, dtype: ScalarType.Float64, generator: random);
    }
}
