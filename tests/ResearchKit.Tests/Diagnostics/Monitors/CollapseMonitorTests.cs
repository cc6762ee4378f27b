using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Runtime;
using ResearchKit.Support;
using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Monitors;

public class CollapseMonitorTests
{
    private static readonly GaussianMixture Ring = GaussianMixture.Ring(sigma: 0.05);

    [Fact]
    public void What_is_served_is_the_share_of_modes_and_a_perfect_generator_is_healthy()
    {
        foreach (var modes in (int[])[1, 3, 5, 8])
        {
            using var monitor = Looked(_ => Ring.Only([.. Enumerable.Range(0, modes)]), looks: 9);
            var last = monitor.History[^1];
            Assert.InRange(last.Served, (modes / 8.0) - 0.03, (modes / 8.0) + 0.03);
            Assert.InRange(last.Precision, 0.9, 1.1);
            Assert.Equal(modes switch { 1 => CollapseKind.FullCollapse, 8 => CollapseKind.Healthy, _ => CollapseKind.PartialCollapse },
                monitor.Verdict.Kind);
        }
    }

    [Fact]
    public void A_mode_a_look_is_cycling_and_the_grid_s_25_modes_are_places_too()
    {
        using var cycling = Looked(look => Ring.Only(look * 3 % 8), looks: 10);
        Assert.Equal(CollapseKind.Cycling, cycling.Verdict.Kind);
        Assert.True(cycling.History[^1].Turnover > 0.95);
        using var grid = Looked(_ => GaussianMixture.Grid().Only([.. Enumerable.Range(0, 15)]), looks: 4, real: GaussianMixture.Grid());
        Assert.Equal(25, grid.RealShares.Count);
        Assert.InRange(grid.History[^1].Served, 0.55, 0.65);
    }

    [Fact]
    public void Samples_beside_the_modes_are_not_precise_and_copies_of_one_sample_have_twins()
    {
        using var smeared = Looked(_ => GaussianMixture.Ring(sigma: 0.4), looks: 8);
        Assert.InRange(smeared.History[^1].Precision, 0, 0.5);
        Assert.InRange(smeared.History[^1].Served, 0, 0.3);
        Assert.Equal(1, smeared.History[^1].Visited, 1e-6); // near to every mode, in few
        Assert.Equal(CollapseKind.UnderTrained, smeared.Verdict.Kind);
        using var real = Ring.Sample(600, 3);
        using var copies = new CollapseMonitor(() => ones(100, 2), real, every: 1);
        Observe(copies, 7);
        Assert.Equal(CollapseKind.UnderTrained, copies.Verdict.Kind); // so early a generator may be that
        Observe(copies, 9, from: 8);
        Assert.Equal((1, 0, CollapseKind.FullCollapse), (copies.History[^1].Duplicates, copies.History[^1].Diversity, copies.Verdict.Kind));
        using var broken = new CollapseMonitor(() => full(100, 2, double.NaN), real, every: 1);
        Observe(broken, 3);
        Assert.Equal((0, CollapseKind.FullCollapse), (broken.History[^1].Precision, broken.Verdict.Kind));
    }

    [Fact]
    public void Watching_changes_no_byte_of_the_training_and_looks_when_due()
    {
        using var plain = new TinyGan(count: 120);
        using var watched = new TinyGan(count: 120);
        using var monitor = CollapseMonitor.For(watched.Trainer, watched.Images.Images, every: 5, samples: 60);
        Assert.Equal(plain.Trainer.Run(23).Select(s => s.GeneratorLoss).ToList(),
            [.. watched.Trainer.Run(23).Watch(monitor).Select(s => s.GeneratorLoss)]);
        Assert.Equal([5, 10, 15, 20], monitor.History.Select(m => (int)m.Step));
        Assert.All(plain.Generator.state_dict().Values.Zip(watched.Generator.state_dict().Values),
            p => Assert.True(p.First.Equals(p.Second)));
        Assert.All(plain.Discriminator.state_dict().Values.Zip(watched.Discriminator.state_dict().Values),
            p => Assert.True(p.First.Equals(p.Second)));
    }

    [Fact]
    public void In_pieces_the_verdict_is_the_same_and_moments_give_it_again()
    {
        using var whole = Looked(look => Ring.Only(look % 8, (look + 1) % 8), looks: 12);
        Assert.Equal(whole.Verdict, CollapseMonitor.Judge(whole.History));
        using var sparse = Looked(look => Ring.Only(look % 8, (look + 1) % 8), looks: 12, stride: 7); // only every 7th report comes
        Assert.Equal(whole.History.Select(m => m with { Step = 0 }), sparse.History.Select(m => m with { Step = 0 }));
    }

    [Fact]
    public void Memory_is_bounded_in_the_heap_and_outside()
    {
        using var real = Ring.Sample(200, 3);
        var seed = 0;
        using var monitor = new CollapseMonitor(() => Ring.Sample(50, seed++ % 5), real, every: 1);
        Observe(monitor, 3);
        NativeMemory.Trim(); // what the preparation left to the collector
        var alive = Tensor.TotalCount;
        Observe(monitor, 1500, from: 4);
        NativeMemory.Trim();
        Assert.Equal(alive, Tensor.TotalCount);
        Assert.InRange(monitor.History.Count, 250, 512);
        Assert.Equal(1, monitor.History[0].Step);
    }

    [Fact]
    public void Disposed_it_leaves_no_tensor()
    {
        using var gan = new TinyGan(count: 120);
        var alive = Tensor.TotalCount;
        using (var monitor = CollapseMonitor.For(gan.Trainer, gan.Images.Images, every: 1, samples: 50))
        {
            Observe(monitor, 2);
        }

        Assert.Equal(alive, Tensor.TotalCount);
    }

    [Fact]
    public void Bad_input_is_refused_in_a_sentence()
    {
        using var gan = new TinyGan();
        using var real = Ring.Sample(200, 3);
        Refused("at least 100 real samples, 1,000 at best, of shape (N, ...); these have shape (40, 1, 28, 28)",
            () => CollapseMonitor.For(gan.Trainer, gan.Images.Images));
        Refused("The generator gives samples of shape (1, 28, 28), the real ones have (2)", () => CollapseMonitor.For(gan.Trainer, real));
        Refused("All real samples are the same", () => new CollapseMonitor(() => ones(50, 2), ones(200, 2)));
        Refused("NaN or infinite", () => new CollapseMonitor(() => ones(50, 2), full(200, 2, double.NaN)));
        using var monitor = new CollapseMonitor(() => Ring.Sample(50, 1), real);
        Observe(monitor, 10);
        Assert.Contains("Step 1 came after step 10", Assert.Throws<ArgumentException>(() => Observe(monitor, 1)).Message,
            StringComparison.Ordinal);

        static void Refused(string words, Func<CollapseMonitor> make) =>
            Assert.Contains(words, Assert.Throws<ArgumentException>(() => _ = make()).Message, StringComparison.Ordinal);
    }

    private static CollapseMonitor Looked(Func<int, GaussianMixture> generator, int looks, GaussianMixture? real = null, int stride = 1)
    {
        using var samples = (real ?? Ring).Sample(1000, 77);
        var look = -1; // the first draw only shows the shape
        var monitor = new CollapseMonitor(() => generator(Math.Max(0, look)).Sample(500, 1000 + look++), samples, every: 50);
        Observe(monitor, 50 * looks, stride: stride);
        return monitor;
    }

    private static void Observe(CollapseMonitor monitor, int to, int from = 1, int stride = 1)
    {
        for (var step = from; step <= to + stride - 1; step += stride)
        {
            monitor.Observe(new StepReport(step, 0, TimeSpan.Zero, 0, 0.6, 0.6, 0, 0.8, 0.6, 0.4, 1, 1));
        }
    }
}
