using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class MetricIntervalTests
{
    private static readonly MetricOptions Three = new()
    {
        Metrics = ["fid", "kid", "prdc"], KernelSubsets = 1, KernelSubsetSize = 150, WithFloor = false,
    };

    [Fact]
    public void Intervals_hold_the_large_sample_value_in_nine_of_ten_draws_and_are_no_wider_than_they_must_be()
    {
        const int Draws = 100;
        using var scope = NewDisposeScope();
        var draws = Enumerable.Range(0, Draws).Select(i => Report(150, 150, 4, i, 0.4, Three).Results).ToArray();
        var many = Report(6000, 6000, 4, 12345, 0.4, Three with { KernelSubsetSize = 6000, WithInterval = false }).Results;
        foreach (var (name, target) in ((string, double)[])[("frechet-distance", 4 * 0.16), ("kernel-distance", many[1].Value),
            ("coverage", draws.Average(d => d[3].Value))])
        {
            var results = draws.Select(d => d.Single(r => r.Protocol.Metric == name)).ToArray();
            Assert.InRange(results.Count(r => r.Interval!.Low <= target && target <= r.Interval.High), 90, 100);
            var mean = results.Average(r => r.Interval!.Estimate);
            var deviation = Math.Sqrt(results.Average(r => Math.Pow(r.Interval!.Estimate - mean, 2)));
            Assert.InRange(results.Average(r => r.Interval!.High - r.Interval.Low) / (2 * 1.96 * deviation), 0.8, 1.6);
        }
    }

    [Fact]
    public void The_Frechet_distance_of_equal_distributions_is_0_within_its_interval_though_the_value_is_far_above()
    {
        var result = Report(80, 80, 32, 1, 0, Three with { Metrics = ["fid"] }).Results.Single();
        Assert.InRange(result.Value, 5, 10);
        Assert.Equal(0, result.Interval!.Low);
        Assert.InRange(result.Interval.High, 0.1, 4);
        Assert.Equal(IntervalKind.Unlimited, result.Interval.Kind);
    }

    [Fact]
    public void Leaving_groups_out_of_moments_is_leaving_rows_out()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(90, 5, 1) + 3, Normal(100, 5, 2));
        var groups = FrechetDistance.LeaveOut(x, y);
        Assert.Equal(FrechetDistance.Of(x, y), groups.All.Single(), 1e-10);
        var (xs, ys) = (GroupedValues.Split(x, 20), GroupedValues.Split(y, 20));
        Assert.Equal(FrechetDistance.Of(cat([.. xs.Skip(1)]), cat([.. ys.Skip(1)])), groups.Without[0].Single(), 1e-10);
        Assert.Equal(FrechetDistance.Of(cat([.. xs.SkipLast(1)]), cat([.. ys.SkipLast(1)])), groups.Without[19].Single(), 1e-10);
    }

    [Theory]
    [InlineData(30, 4, "a jackknife of 20 groups needs 40 samples of each set")]
    [InlineData(60, 50, "no interval; taking its bias off needs 63 samples of each set, 1.25 a feature.")]
    public void Where_there_is_no_interval_the_report_says_why(int count, int features, string why)
    {
        var report = Report(count, count, features, 1, 0, Three with { Metrics = ["fid"] });
        Assert.Null(report.Results.Single().Interval);
        Assert.Contains(why, report.ToString(), StringComparison.Ordinal);
        Assert.Equal(report.Results, MetricReport.FromJson(report.ToJson()).Results);
    }

    [Fact]
    public void A_share_near_1_has_an_interval_with_a_width()
    {
        var coverage = Report(400, 400, 1, 1, 0, Three with { Metrics = ["prc"] }).Results[0];
        Assert.InRange(coverage.Value, 0.97, 1);
        Assert.InRange(coverage.Interval!.Low, 0.9, coverage.Value - 0.005);
        Assert.InRange(coverage.Interval.High, coverage.Value, 1);
    }

    [Fact]
    public void The_floor_is_that_of_the_counts_and_not_that_of_halves()
    {
        var options = new MetricOptions { Metrics = ["fid", "mind", "cmmd"], WithInterval = false };
        var drawn = Enumerable.Range(0, 20).Select(i => Report(200, 400, 10, i, 0, options).Results).ToArray();
        foreach (var i in Enumerable.Range(0, 3))
        {
            Assert.InRange(drawn.Average(d => d[i].Floor!.Value) / drawn.Average(d => d[i].Value), 0.8, 1.2);
        }
    }

    private static MetricReport Report(int generated, int real, int features, int seed, double shift, MetricOptions options)
    {
        using var g = new FeatureSet("generated", Normal(generated, features, 2 * seed) + shift);
        using var r = new FeatureSet("real", Normal(real, features, (2 * seed) + 1));
        return MetricEvaluation.Run(g, r, options);
    }

    private static Tensor Normal(int n, int d, int seed)
    {
        using var random = new Generator((ulong)(seed + 1000));
        return randn(n, d, dtype: ScalarType.Float64, generator: random);
    }
}
