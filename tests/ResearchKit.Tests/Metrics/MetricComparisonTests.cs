using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class MetricComparisonTests
{
    private static readonly MetricOptions Scorecard = new() { Metrics = MetricOptions.Scorecard(withTraining: false) };
    private static readonly MetricOptions Distance = new() { Metrics = ["fid"] };

    [Fact]
    public void The_generator_that_is_nearer_is_better_whichever_is_named_first()
    {
        using var near = Set(300, 1, 0.1);
        using var far = Set(300, 2, 0.8);
        using var real = Set(300, 3, 0);
        var there = MetricComparison.Run([near], [far], real, Scorecard);
        var back = MetricComparison.Run([far], [near], real, Scorecard);
        Assert.Equal(ComparisonVerdict.FirstIsBetter, there["frechet-distance"].Verdict);
        Assert.Equal(ComparisonVerdict.SecondIsBetter, back["frechet-distance"].Verdict);
        Assert.Equal(ComparisonVerdict.FirstIsBetter, there["probabilistic-recall"].Verdict); // more is better there
        Assert.All(there.Rows, r => Assert.Equal(-r.Difference, back[r.Metric].Difference, 1e-9));
        Assert.InRange(4 * (0.64 - 0.01), there["frechet-distance"].Low, there["frechet-distance"].High);
        Assert.Matches("(?m)^overall.*frechet-distance ↓.*A is better$", there.ToString());
    }

    [Fact]
    public void Equal_generators_are_told_apart_in_at_most_one_of_twenty_pairs()
    {
        const int Pairs = 200;
        using var real = Set(120, 0, 0);
        var told = Enumerable.Range(1, Pairs).Count(i =>
        {
            using var a = Set(120, 2 * i, 0.3);
            using var b = Set(120, (2 * i) + 1, 0.3);
            return MetricComparison.Run([a], [b], real, Distance)["frechet-distance"].Verdict != ComparisonVerdict.NotToldApart;
        });
        Assert.InRange(told, 0, Pairs / 20);
    }

    [Fact]
    public void A_small_difference_comes_with_the_samples_that_would_tell_it_and_they_do()
    {
        var little = Compared(200);
        var row = little.Rows.Single();
        Assert.Equal(ComparisonVerdict.NotToldApart, row.Verdict);
        Assert.InRange(row.More, 20, 20_000);
        Assert.Matches(@"not told apart: about [\d,]+ more samples would", little.ToString());
        Assert.Equal(ComparisonVerdict.FirstIsBetter, Compared(200 + (int)(2 * row.More)).Rows.Single().Verdict);

        static MetricComparison Compared(int count)
        {
            using var a = Set(count, 11, 0.3);
            using var b = Set(count, 12, 0.4);
            using var real = Set(count, 13, 0);
            return MetricComparison.Run([a], [b], real, Distance);
        }
    }

    [Fact]
    public void Runs_that_differ_among_themselves_tell_less_than_their_samples()
    {
        using var real = Set(400, 0, 0);
        FeatureSet[] a = [Set(400, 1, 0.1), Set(400, 2, 0.6), Set(400, 3, 0.2)], b = [Set(400, 4, 0.3), Set(400, 5, 0.7), Set(400, 6, 0.4)];
        var one = MetricComparison.Run(a[..1], b[..1], real, Distance).Rows.Single();
        var all = MetricComparison.Run(a, b, real, Distance);
        Assert.Equal(ComparisonVerdict.FirstIsBetter, one.Verdict);
        Assert.Equal(ComparisonVerdict.NotToldApart, all.Rows.Single().Verdict);
        Assert.Contains("not told apart by these runs", all.ToString(), StringComparison.Ordinal);
        Assert.Contains("3 run(s) of A and 3 of B", all.ToString(), StringComparison.Ordinal);
        Array.ForEach([.. a, .. b], s => s.Dispose());
    }

    [Fact]
    public void Sets_of_unlike_counts_are_compared_at_the_smaller_one()
    {
        using var few = Set(100, 1, 0.2);
        using var many = Set(900, 2, 0.2);
        using var real = Set(300, 3, 0);
        var comparison = MetricComparison.Run([few], [many], real, Distance);
        Assert.Equal(100, comparison.Samples);
        Assert.InRange(comparison.Rows.Single().Second / comparison.Rows.Single().First, 0.6, 1.6); // 900 would have a far lower bias
    }

    [Fact]
    public void What_has_no_interval_cannot_be_compared()
    {
        using var set = Set(100, 1, 0);
        var fld = new MetricOptions { Metrics = ["fld", "fid"] };
        Assert.Equal("fld cannot be compared: it has no interval.",
            Assert.Throws<ArgumentException>(() => MetricComparison.Run([set], [set], set, fld, set)).Message);
        List<string> leftOut = [];
        var rows = MetricComparison.Run([set], [set], set, fld, set, leftOut: leftOut.Add).Rows;
        Assert.Equal(("fld cannot be compared: it has no interval.", 1), (leftOut.Single(), rows.Single().PValue));
    }

    [Fact]
    public void Where_no_metric_is_left_the_first_reason_is_told()
    {
        using var set = Set(30, 1, 0);
        var error = Assert.Throws<ArgumentException>(() => MetricComparison.Run([set], [set], set, Scorecard, leftOut: _ => { }));
        Assert.Equal("No metric is left: fid cannot be compared: a jackknife of 20 groups needs 40 samples of each set.", error.Message);
    }

    private static FeatureSet Set(int count, int seed, double shift)
    {
        using var random = new Generator((ulong)seed);
        return new FeatureSet("set", randn(count, 4, dtype: ScalarType.Float64, generator: random) + shift);
    }
}
