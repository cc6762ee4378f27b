using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

/// <summary>Precision and recall, density and coverage: points by hand, prdc's published values, copies. PeerMetricsTests has the peers' counts.</summary>
public class NeighbourMetricsTests
{
    [Fact]
    public void Points_by_hand_tell_the_two_conventions_apart()
    {
        using var scope = NewDisposeScope();
        var real = Line(0, 1, 3, 10); // radii for k = 1: 1, 1, 2, 7
        var generated = Line(2, -1, 30, 31); // radii for k = 1: 3, 3, 1, 1
        Assert.Equal(new PrecisionRecall(0.5, 0.75, 0.6), PrecisionRecall.Of(generated, real, 1)); // -1 is at 1 from 0: inside
        Assert.Equal(new DensityCoverage(Density: 0.25, Coverage: 0.25, Precision: 0.25, Recall: 0.75), DensityCoverage.Of(generated, real, 1)); // ... and outside
    }

    [Fact]
    public void Normal_samples_have_the_values_that_prdc_has()
    {
        // prdc's README has .477 .471 1.056 .974 for 10,000 samples of width 1,000; its density is one draw's: over six seeds at 3,000 samples prdc gave .85 to 1.05.
        // At 10,000 and seed 2020 prdc and the kit both give .4802 .4766 .9525 .9661 (benchmark `metrics prdc-published`).
        using var scope = NewDisposeScope();
        var measured = DensityCoverage.Of(Normal(2000, 1000, 1), Normal(2000, 1000, 2));
        Assert.Equal(1, measured.Density, 0.1);
        Assert.Equal(0.97, measured.Coverage, 0.02);
        Assert.InRange(measured.Precision, 0.4, 0.6);
        Assert.InRange(measured.Recall, 0.4, 0.6);
    }

    [Fact]
    public void A_copied_set_is_dense_covered_and_precise()
    {
        using var scope = NewDisposeScope();
        var x = Normal(700, 30, 3) * 5 + 2;
        Assert.Equal(new DensityCoverage(1, 1, 1, 1), DensityCoverage.Of(x.clone(), x)); // k - 1 neighbours and the copy itself: the k-th is outside, to the bit
        Assert.Equal(new PrecisionRecall(1, 1, 1), PrecisionRecall.Of(x.clone(), x));
    }

    [Fact]
    public void Sets_far_apart_share_nothing()
    {
        using var scope = NewDisposeScope();
        var x = Normal(20, 3, 3);
        Assert.Equal(new DensityCoverage(0, 0, 0, 0), DensityCoverage.Of(x + 100, x));
        Assert.Equal(new PrecisionRecall(0, 0, 0), PrecisionRecall.Of(x + 100, x));
    }

    [Fact]
    public void Exchanging_the_sets_exchanges_precision_and_recall()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(90, 4, 1) * 2, Normal(70, 4, 2));
        var (forth, back) = (PrecisionRecall.Of(x, y), PrecisionRecall.Of(y, x));
        Assert.Equal((forth.Precision, forth.Recall), (back.Recall, back.Precision));
        Assert.NotEqual(forth.Precision, forth.Recall);
        var flipped = DensityCoverage.Of(x.flip(0), y.flip(0));
        Assert.Equal(DensityCoverage.Of(x, y), flipped);
    }

    [Fact]
    public void Strips_count_every_pair_once_and_stop_when_asked()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(3000, 2, 1), Normal(2500, 2, 2)); // several strips
        var steps = new List<(long Done, long Total)>();
        var measured = DensityCoverage.Of(x, y, progress: (done, total) => steps.Add((done, total)));
        Assert.Equal(3000L * 3000 + 2500 * 2500 + 3000 * 2500, steps[^1].Done);
        Assert.All(steps, s => Assert.Equal(steps[^1].Done, s.Total));
        Assert.True(steps.Count > 3);
        var distances = cdist(y, x);
        var radii = cdist(y, y).topk(6, largest: false).values.select(1, 5).unsqueeze(1);
        Assert.Equal((distances < radii).any(1).to(ScalarType.Float64).mean().item<double>(), measured.Coverage, 1e-12);

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => PrecisionRecall.Of(x, y, progress: (_, _) => stop.Cancel(), cancellation: stop.Token));
    }

    private static Tensor Line(params double[] x) => tensor(x).reshape(-1, 1);

    private static Tensor Normal(long n, long d, int seed)
    {
        using var random = new Generator((ulong)seed);
        return randn(n, d, dtype: ScalarType.Float64, generator: random);
    }
}
