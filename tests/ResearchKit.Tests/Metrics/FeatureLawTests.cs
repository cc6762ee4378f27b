using CsCheck;
using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

/// <summary>Laws that hold for every metric of two sets, on random sets. FrechetDistanceTests has that metric's own, FeatureMomentsTests
/// the merging of shards.</summary>
public class FeatureLawTests
{
    private static readonly Gen<(int Seed, int N, int D, double Shift)> Sets = Gen.Select(Gen.Int[0, 1000], Gen.Int[10, 40], Gen.Int[1, 12],
        Gen.Double[-20, 20]);

    [Fact]
    public void The_order_of_the_samples_changes_nothing() => Sets.Sample(
        (seed, n, d, _) =>
        {
            using var scope = NewDisposeScope();
            var (x, y, order, other) = Draw(seed, n, d);
            return Same(Values(x, y), Values(x.index_select(0, order), y.index_select(0, other)));
        },
        iter: 40,
        threads: 1);

    [Fact]
    public void A_common_shift_changes_no_metric_of_distances() => Sets.Sample(
        (seed, n, d, shift) =>
        {
            using var scope = NewDisposeScope();
            var (x, y, _, _) = Draw(seed, n, d);
            return Same(Distances(x, y), Distances(x + shift, y + shift));
        },
        iter: 40,
        threads: 1);

    private static double[] Values(Tensor x, Tensor y) =>
        [.. Distances(x, y), KernelInceptionDistance.Unbiased(x, y), VendiScore.OfFeatures(x)];

    private static double[] Distances(Tensor x, Tensor y)
    {
        var (near, dense) = (PrecisionRecall.Of(x, y), DensityCoverage.Of(x, y));
        var (clipped, probable, cover) = (DensityCoverageClipped.Of(x, y), PrecisionRecallProbabilistic.Of(x, y),
            PrecisionRecallCover.Of(x, y));
        return [FrechetDistance.Of(x, y), MindDistance.Of(x, y, 20), near.Precision, near.Recall, dense.Density, dense.Coverage,
            clipped.UnclippedDensity, clipped.Coverage, probable.Precision, probable.Recall, cover.Precision, cover.Recall,
            MaximumMeanDiscrepancy.Of(x, y), Authenticity.Percent(x, y)];
    }

    private static bool Same(double[] a, double[] b) =>
        a.Zip(b).All(v => Math.Abs(v.First - v.Second) <= 1e-7 * Math.Max(1, Math.Abs(v.First)));

    private static (Tensor X, Tensor Y, Tensor Order, Tensor Other) Draw(int seed, int n, int d)
    {
        using var random = new Generator((ulong)seed);
        return (randn(n, d, dtype: ScalarType.Float64, generator: random), 1.5 * randn(n, d, dtype: ScalarType.Float64, generator: random),
            randperm(n, generator: random), randperm(n, generator: random));
    }
}
