using ResearchKit.Metrics;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

/// <summary>Precision and recall, density and coverage: points by hand, prdc's published values, copies. PeerMetricsTests has the peers'
/// counts.</summary>
public class NeighbourMetricsTests
{
    [Fact]
    public void Points_by_hand_tell_the_two_conventions_apart()
    {
        using var scope = NewDisposeScope();
        var real = Line(0, 1, 3, 10); // radii for k = 1: 1, 1, 2, 7
        var generated = Line(2, -1, 30, 31); // radii for k = 1: 3, 3, 1, 1
        Assert.Equal(new PrecisionRecall(0.5, 0.75, 0.6), PrecisionRecall.Of(generated, real, 1)); // -1 is at 1 from 0: inside
        // ... and outside
        Assert.Equal(new DensityCoverage(Density: 0.25, Coverage: 0.25, Precision: 0.25, Recall: 0.75),
            DensityCoverage.Of(generated, real, 1));
    }

    /// <summary>
    /// prdc's README prints .477 .471 1.056 .974 for one draw without a seed. Precision, recall and coverage of another draw come within
    /// .01 of that; its density does not repeat: prdc itself
    /// prints .9525 for this draw (tests/peers/metrics.py), so what is compared to the last sample is prdc's own run on the same draw.
    /// </summary>
    [Fact]
    public void Ten_thousand_normal_samples_have_prdcs_published_values_and_its_own_on_the_same_draw()
    {
        using var scope = NewDisposeScope();
        var reference = new ReferenceTensors(Repository.Reference("metrics.safetensors"));
        using var random = new Generator(2020);
        var (x, y) = (randn(10_000, 1000, dtype: ScalarType.Float64, generator: random),
            randn(10_000, 1000, dtype: ScalarType.Float64, generator: random));
        var start = reference["normal.start"];
        Assert.True(cat([x[TensorIndex.Slice(0, 3), TensorIndex.Slice(0, 8)],
            y[TensorIndex.Slice(0, 3), TensorIndex.Slice(0,
            8)]]).allclose(start, 1e-14, 1e-14), "another set was drawn than by the peers' script");
        var measured = DensityCoverage.Of(x, y);
        Assert.Equal(0.477, measured.Precision, 0.01);
        Assert.Equal(0.471, measured.Recall, 0.01);
        Assert.Equal(0.974, measured.Coverage, 0.01);
        var counts = (double[])[measured.Precision * 10_000, measured.Recall * 10_000, measured.Density * 50_000,
            measured.Coverage * 10_000];
        var expected = reference["normal.prdc"].data<double>().ToArray();
        Assert.Equal([expected[0] * 10_000, expected[1] * 10_000, expected[2] * 50_000, expected[3] * 10_000], counts,
            (a, b) => Math.Round(a) == Math.Round(b));
    }

    [Fact]
    public void Several_threads_find_what_one_finds()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(300, 8, 4).round(), Normal(400, 8, 5).round()); // with many ties
        var one = Neighbours.Nearest(x, y, 5);
        var three = OneThread.With(3, () => Neighbours.Nearest(x, y, 5));
        Assert.Equal(one.Squares.data<double>(), three.Squares.data<double>());
        Assert.Equal(one.Rows.data<long>(), three.Rows.data<long>());
    }

    [Fact]
    public void A_copied_set_is_dense_covered_and_precise()
    {
        using var scope = NewDisposeScope();
        var x = Normal(700, 30, 3) * 5 + 2;
        // k - 1 neighbours and the copy itself: the k-th is outside, to the bit
        Assert.Equal(new DensityCoverage(1, 1, 1, 1), DensityCoverage.Of(x.clone(), x));
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
        Assert.Throws<OperationCanceledException>(() => PrecisionRecall.Of(x, y, progress: (_, _) => stop.Cancel(),
            cancellation: stop.Token));
    }

    private static Tensor Line(params double[] x) => tensor(x).reshape(-1, 1);

    private static Tensor Normal(long n, long d, int seed)
    {
        using var random = new Generator((ulong)seed);
        return randn(n, d, dtype: ScalarType.Float64, generator: random);
    }
}
