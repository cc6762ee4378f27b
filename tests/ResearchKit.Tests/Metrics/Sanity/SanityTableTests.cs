using System.Globalization;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Sanity;

namespace ResearchKit.Tests.Metrics.Sanity;

public class SanityTableTests
{
    [Theory]
    [InlineData(CurveShape.Bell, "0.1 0.5 0.9 0.5 0.2", "0.1 0.5 0.6 0.9 0.2")]
    [InlineData(CurveShape.Bell, "0.1 0.5 0.9 0.5 0.2", "0.1 0.5 0.9 0.9 0.8")]
    [InlineData(CurveShape.Falls, "1 0.9 0.5 0.2", "1 0.95 0.9 0.85")]
    [InlineData(CurveShape.Falls, "1 0.9 0.5 0.2", "1 0.2 0.7 0.75")]
    [InlineData(CurveShape.Stays, "0.9 0.93 0.88 0.9", "0.9 0.92 0.94 0.98")]
    [InlineData(CurveShape.NeverRises, "1 0.5 0.55 0.1", "1 0.5 0.65 0.1")]
    [InlineData(CurveShape.NeverFalls, "0.1 0.5 0.45 1", "0.1 0.5 0.35 1")]
    public void A_curve_has_a_shape_or_has_it_not(CurveShape shape, string has, string hasNot)
    {
        Assert.True(SanityCheck.Has(Curve(has), shape));
        Assert.False(SanityCheck.Has(Curve(hasNot), shape));
        Assert.False(SanityCheck.Has([.. Curve(has)[..^1], double.NaN], shape));
    }

    [Fact]
    public void What_is_known_of_metrics_stands_in_the_table()
    {
        SanityCheck[] checks = [.. ((string[])["mean", "one shift", "centre", "copies"]).Select(SanityChecks.All.Find)];
        Metric[] metrics = [.. ((string[])["fid", "prc", "ppr", "auth"]).Select(FeatureMetrics.All.Find)];
        var table = SanityTable.Run([.. checks.Select(c => c with { Widths = [8] })], metrics);
        Assert.Equal((1, 1), Mark("frechet-distance", 0));
        Assert.Equal((1, 1), Mark("auth-pct", 3));
        Assert.Equal((0, 0), Mark("auth-pct", 0)); // is asked about memorisation only
        Assert.Equal((0, 0), Mark("precision", 2)); // samples from the centre are no fault of fidelity
        Assert.Equal((1, 1), Mark("probabilistic-recall", 2));
        Assert.Matches(@"(?m)^overall +frechet-distance +✓ +✓ +✓ +3 of 3$", table.ToString());
        Assert.Contains(" 4 copies: ", table.ToString(), StringComparison.Ordinal);

        (int Passed, int Asked) Mark(string value, int check) => table.Rows.Single(r => r.Value == value).Checks[check];
    }

    public static TheoryData<string> Checks => [.. SanityChecks.All.Names];

    [Theory]
    [MemberData(nameof(Checks))]
    public void Every_check_makes_finite_sets_and_claims_something(string name)
    {
        var check = SanityChecks.All.Find(name);
        Assert.Contains(Enum.GetValues<MetricRole>(), r => check.Of(r) != CurveShape.Any);
        foreach (var width in check.Widths)
        {
            foreach (var point in (double[])[check.Points(width)[0], check.Points(width)[^1]])
            {
                using var scope = TorchSharp.torch.NewDisposeScope();
                var sets = check.Make(width, point);
                Assert.Equal([width, width], [sets.Generated.shape[1], sets.Real.shape[1]]);
                Assert.True(sets.Generated.isfinite().all().item<bool>() && sets.Real.isfinite().all().item<bool>());
            }
        }
    }

    private static double[] Curve(string text) => [.. text.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
}
