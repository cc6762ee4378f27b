using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class ReferenceGeometryTests
{
    [Fact]
    public void Directions_of_equal_variance_count_fully_and_others_by_the_entropy_of_their_shares()
    {
        using var scope = NewDisposeScope();
        var corners = tensor(new double[] { 1, 1, 1, -1, -1, 1, -1, -1 }).reshape(4, 2).repeat(10, 1); // a square's, 40 rows
        using var square = new FeatureSet("square", corners);
        var geometry = ReferenceGeometry.Of(square)!;
        Assert.Equal(2, geometry.EffectiveRank, 1e-9);
        Assert.Equal(2, geometry.Features);
        Assert.Equal(2 * 40 / 39.0, geometry.TotalVariance, 1e-9);
        Assert.Equal(0, geometry.NeighbourDistance); // ten copies of each

        using var flat = new FeatureSet("flat", corners * tensor(new double[] { 3, 1 }));
        Assert.Equal(Math.Exp(-(0.9 * Math.Log(0.9)) - (0.1 * Math.Log(0.1))), ReferenceGeometry.Of(flat)!.EffectiveRank, 1e-9);
    }

    [Fact]
    public void A_neighbour_is_measured_in_units_of_the_spread()
    {
        using var line = new FeatureSet("line", arange(100, dtype: ScalarType.Float64).unsqueeze(1));
        var geometry = ReferenceGeometry.Of(line)!;
        // the fifth neighbour is 3 steps off, at the ends 5, 4 and then 3 again
        Assert.Equal((2 * (5 + 4 + 3) + 94 * 3) / 100.0 / Math.Sqrt(geometry.TotalVariance), geometry.NeighbourDistance, 0.01);
        using var wider = new FeatureSet("wider", line.Features * 7);
        Assert.Equal(geometry.NeighbourDistance, ReferenceGeometry.Of(wider)!.NeighbourDistance, 1e-12);
    }

    [Fact]
    public void A_set_that_is_too_small_or_does_not_vary_has_none_and_a_report_carries_it()
    {
        using var few = new FeatureSet("few", arange(6, dtype: ScalarType.Float64).unsqueeze(1));
        using var same = new FeatureSet("same", ones(20, 3));
        using var line = new FeatureSet("line", arange(20, dtype: ScalarType.Float64).unsqueeze(1));
        Assert.Null(ReferenceGeometry.Of(few));
        Assert.Null(ReferenceGeometry.Of(same));
        var report = MetricEvaluation.Run(line, line, new MetricOptions());
        Assert.Equal(ReferenceGeometry.Of(line), report.Geometry);
        Assert.Equal(report.Geometry, MetricReport.FromJson(report.ToJson()).Geometry);
        Assert.Contains("real set: effective rank 1 of 1, ", report.ToString(), StringComparison.Ordinal);
    }
}
