using ResearchKit.Metrics;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

/// <summary>Seven pairs of feature sets against the numbers of torch-fidelity's, prdc's and Vendi-Score's own code (tests/peers/metrics.py;
/// their commits are in the file).</summary>
public class PeerMetricsTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("metrics.safetensors"));

    public static TheoryData<string> Pairs => ["defaults", "rectified", "narrow", "both-short", "one-short", "ties", "copies"];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Equal_the_peers_on_float64(string name)
    {
        using var scope = NewDisposeScope();
        var (x, y) = FeaturePairs.Draw(Reference, name);
        Compare(name, "float64", x, y, _ => (1e-6, 1e-9));
    }

    /// <summary>On float32 features the peers' own rounding is in their numbers: KID and Vendi are computed in float32 there, FID's mean
    /// is.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void Come_as_near_as_float32_lets_them_on_float32(string name)
    {
        using var scope = NewDisposeScope();
        var (x, y) = FeaturePairs.Draw(Reference, name);
        Compare(name, "float32", x.to(ScalarType.Float32), y.to(ScalarType.Float32), metric => metric[..3] switch
        {
            "isc" => (1e-12, 0),
            "fid" => (1e-6, 0),
            _ => (1e-4, 0),
        });
    }

    private static void Compare(string name, string dtype, Tensor x, Tensor y, Func<string, (double Relative, double Absolute)> tolerance)
    {
        var (subsets, size) = FeaturePairs.Subsets(Reference, name);
        var kid = KernelInceptionDistance.Subsets(x, y, subsets, size);
        var score = InceptionScore.Of(x);
        Close("fid", FrechetDistance.Of(x, y));
        Close("kid.mean", kid.Mean);
        Close("kid.std", kid.StandardDeviation);
        Close("isc.mean", score.Mean);
        Close("isc.std", score.StandardDeviation);
        Close("mind", MindDistance.Of(x, y), 1e-4);
        Close("vendi", VendiScore.OfFeatures(x));
        Close("vendi.dual", VendiScore.OfFeatures(x));
        Close("vendi.q2", VendiScore.OfFeatures(x, order: 2));

        var (n, m) = (x.shape[0], y.shape[0]);
        var near = PrecisionRecall.Of(x, y);
        Same("precision", near.Precision, n);
        Same("recall", near.Recall, m);
        Close("fscore", near.FScore, 1e-6);
        var dense = DensityCoverage.Of(x, y);
        Same("prdc.precision", dense.Precision, n);
        Same("prdc.recall", dense.Recall, m);
        Same("prdc.density", dense.Density, 5 * n);
        Same("prdc.coverage", dense.Coverage, m);

        double Expected(string metric) => Reference[$"{name}.{dtype}.{metric}"].item<double>();

        void Close(string metric, double actual, double? relative = null)
        {
            var (r, a) = relative is { } given ? (given, 1e-9) : tolerance(metric);
            var expected = Expected(metric);
            Assert.True(Math.Abs(actual - expected) <= r * Math.Abs(expected) + a,
                $"{metric} of {name} in {dtype}: {actual:R}, not {expected:R}");
        }

        // Shares are compared as the counts that they are of: torch-fidelity rounds the share itself to float32.
        void Same(string metric, double actual, long of) =>
            Assert.True(Math.Round(Expected(metric) * of) == Math.Round(actual * of),
                $"{metric} of {name} in {dtype}: {actual * of} of {of}, not {Expected(metric) * of}");
    }
}
