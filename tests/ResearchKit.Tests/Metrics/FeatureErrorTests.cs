using ResearchKit.Metrics;
using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

/// <summary>What every metric of two sets refuses, in one sentence; what it accepts; what it leaves behind.</summary>
public class FeatureErrorTests
{
    public static TheoryData<string> Metrics => [.. Named.Keys];

    private static readonly Dictionary<string, Func<Tensor, Tensor, double>> Named = new()
    {
        ["frechet"] = FrechetDistance.Of,
        ["kid"] = (x, y) => KernelInceptionDistance.Subsets(x, y, 3, 20).Mean,
        ["kid-all"] = (x, y) => KernelInceptionDistance.Unbiased(x, y),
        ["precision"] = (x, y) => PrecisionRecall.Of(x, y).FScore,
        ["density"] = (x, y) => DensityCoverage.Of(x, y).Density,
        ["clipped"] = (x, y) => DensityCoverageClipped.Of(x, y).Density,
        ["probabilistic"] = (x, y) => PrecisionRecallProbabilistic.Of(x, y).Precision,
        ["cover"] = (x, y) => PrecisionRecallCover.Of(x, y).Precision,
        ["discrepancy"] = (x, y) => MaximumMeanDiscrepancy.Of(x, y),
        ["mind"] = (x, y) => MindDistance.Of(x, y, 10),
        ["infinity"] = (x, y) => FrechetInfinity.Of(x, y).Value,
    };

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Bad_features_are_named(string metric)
    {
        using var scope = NewDisposeScope();
        var good = randn(40, 3);
        var bad = good.clone();
        bad[7, 1] = double.NaN;
        bad[9, 2] = double.NegativeInfinity;
        Says("Generated features are NaN or infinite in 2 of 40 rows, first in row 7 (counted from 0); leave such samples out.", bad, good);
        Says("Real features are NaN or infinite in 2 of 40 rows, first in row 7 (counted from 0); leave such samples out.", good, bad);
        Says("Generated features have shape (40, 3, 1); give one row a sample: (N, D) with D >= 1.", good.unsqueeze(2), good);
        Says("Real features have 1 row; this metric needs at least", good, good.slice(0, 0, 1, 1));
        Says("Generated features have 0 rows; this metric needs at least", good.slice(0, 0, 0, 1), good);
        Says("Generated features are 3 wide and real ones 2; take both from the same layer of the same network.", good,
            good.slice(1, 0, 2, 1));
        Says("Real features are Int64; give float32 or float64 numbers.", good, good.to(ScalarType.Int64));

        void Says(string expected, Tensor x, Tensor y) =>
            Assert.StartsWith(expected, Assert.Throws<ArgumentException>(() => Named[metric](x, y)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Leave_the_features_as_they_were_and_no_tensor_behind(string metric)
    {
        using var x = randn(40, 3, requires_grad: true);
        using var y = randn(50, 3);
        using var before = x.detach().clone();
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        Assert.True(double.IsFinite(Named[metric](x, y)));
        Assert.Equal(live, Tensor.TotalCount);
        using var sixtyFour = y.to(ScalarType.Float64);
        using var copy = sixtyFour.clone();
        Named[metric](sixtyFour, sixtyFour);
        using var same = sixtyFour.eq(copy).all();
        using var unchanged = x.eq(before).all();
        Assert.True(same.item<bool>() && unchanged.item<bool>());
    }

    [Fact]
    public void Metrics_of_memorisation_leave_no_tensor_behind()
    {
        using var x = randn(40, 70);
        using var y = randn(50, 70);
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        Assert.True(double.IsFinite(FeatureLikelihood.Of(x, y, y).Divergence) && double.IsFinite(CopyingTest.Of(x, y, y))
            && double.IsFinite(Authenticity.Percent(x, y)));
        Assert.Equal(live, Tensor.TotalCount);
    }

    [Fact]
    public void Large_finite_numbers_are_not_taken_for_infinite()
    {
        using var logits = full([10, 2], 1e308, dtype: ScalarType.Float64); // their sum overflows
        Assert.Equal(1, InceptionScore.Of(logits).Mean, 1e-12);
    }
}
