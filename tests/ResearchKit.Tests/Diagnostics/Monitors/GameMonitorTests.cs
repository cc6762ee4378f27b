using CsCheck;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Losses;
using ResearchKit.Training;

namespace ResearchKit.Tests.Diagnostics.Monitors;

public class GameMonitorTests
{
    private static readonly WeightNorms Start = new(10, 5);

    [Fact]
    public void A_game_in_balance_is_healthy_and_too_short_a_one_undecided()
    {
        var monitor = Watched(LogitKind.LogOdds, 120, step => Report(step));
        Assert.Equal(GameVerdictKind.Undecided, monitor.Verdict.Kind);
        Assert.Contains("2 of 3 blocks of 50 steps", monitor.Verdict.ToString(), StringComparison.Ordinal);
        monitor = Watched(LogitKind.LogOdds, 150, step => Report(step));
        Assert.Equal(GameVerdictKind.Healthy, monitor.Verdict.Kind);
        Assert.Contains("step 150: D is right about 70 % of the samples, G's gradient is about that at the start; weights against the " +
            "start: G 1.0x, D 1.0x", monitor.Verdict.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void D_has_won_when_it_is_sure_and_G_learns_nothing()
    {
        var verdict = Verdict(LogitKind.LogOdds, step => step <= 1200 ? Report(step)
            : Report(step, realAccuracy: 1, fakeAccuracy: 0.998, fakeProbability: 0.004, generatorGradient: 0.025));
        Assert.Equal(GameVerdictKind.DiscriminatorWon, verdict.Kind);
        Assert.StartsWith("D has won since step 1,201: it is right about 100 % of real and 99.8 % of generated samples, D(fake) is " +
            "0.004, G's gradient is down 40x; try R1 (gamma 1)", verdict.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sure_D_that_G_still_learns_from_has_not_won() =>
        Assert.Equal(GameVerdictKind.Healthy, Verdict(LogitKind.Margin, step => Report(step, realAccuracy: 1, fakeAccuracy: 1)).Kind);

    [Fact]
    public void Sure_probabilities_are_a_victory_whatever_the_gradient() =>
        Assert.Equal(GameVerdictKind.DiscriminatorWon,
            Verdict(LogitKind.LogOdds, step => Report(step, realAccuracy: 1, fakeAccuracy: 1, realProbability: 0.999,
            fakeProbability: 0.001)).Kind);

    /// <summary>G trained alone, by likelihood: its weights grow fast, and there is no game to judge.</summary>
    [Fact]
    public void Steps_without_D_are_no_game()
    {
        var monitor = new GameMonitor(LogitKind.LogOdds, start: Start);
        for (var step = 1; step <= 200; step++)
        {
            var report = new StepReport(step, 0, TimeSpan.Zero, 0, double.NaN, double.NaN, double.NaN, 3);
            monitor.Observe(report, new WeightNorms(10 * step, 5));
        }

        Assert.Equal(GameVerdictKind.Undecided, monitor.Verdict.Kind);
    }

    [Fact]
    public void Weights_that_jump_are_told_at_once_and_until_they_have_come_back()
    {
        var monitor = new GameMonitor(start: Start);
        Feed(monitor, 1, 200, step => Report(step), step => new(step <= 100 ? 10 : 20, 5));
        Assert.Equal(GameVerdictKind.Diverging, monitor.Verdict.Kind);
        Assert.Equal(101, monitor.Verdict.Since);
        Assert.Contains("the norm of G's weights went from 10 to 20 within 50 steps", monitor.Verdict.ToString(), StringComparison.Ordinal);
        Feed(monitor, 201, 300, step => Report(step), _ => new(11, 5));
        Assert.Equal([GameVerdictKind.Diverging, GameVerdictKind.Healthy], monitor.Changes.Select(c => c.Kind));
        Assert.True(monitor.Verdict.Since > 150, "healthy since the weights came back, not since the first step");
    }

    [Fact]
    public void Weights_that_grow_slowly_between_sparse_reports_do_not_jump()
    {
        var monitor = new GameMonitor(start: Start);
        foreach (var step in Enumerable.Range(1, 5).Select(i => 2000L * i))
        {
            monitor.Observe(Report(step), new WeightNorms(10 + (step / 400.0), 5)); // 1.5 times within the first report
        }

        Assert.Equal(GameVerdictKind.Healthy, monitor.Verdict.Kind);
    }

    [Fact]
    public void Losses_out_of_all_bounds_are_diverging()
    {
        var verdict = Verdict(LogitKind.LogOdds, step => Report(step, realLoss: 400, fakeLoss: 1));
        Assert.Equal(GameVerdictKind.Diverging, verdict.Kind);
        Assert.Contains("401 for D and 0.8 for G", verdict.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_critic_whose_gradient_grows_has_no_bound_and_its_accuracy_does_not_matter()
    {
        var verdict = Verdict(LogitKind.Value,
            step =>
                Report(step, realLoss: -0.1 * step, discriminatorGradient: 0.1 * step, realAccuracy: 1, fakeAccuracy: 1,
                    fakeProbability: 0));
        Assert.Equal(GameVerdictKind.UnboundedCritic, verdict.Kind);
        Assert.Contains("its gradient is 148, 76x that at the start", verdict.Evidence, StringComparison.Ordinal);
        Assert.Equal(GameVerdictKind.Healthy, Verdict(LogitKind.LogOdds, step => Report(step, discriminatorGradient: 0.1 * step)).Kind);
        Assert.Equal(GameVerdictKind.Healthy,
            Verdict(LogitKind.Value, step => Report(step, realAccuracy: 1, fakeAccuracy: 1, realProbability: 1, fakeProbability: 0)).Kind);
    }

    [Fact]
    public void A_gradient_that_vanishes_before_an_undecided_D_starves_G()
    {
        var verdict = Verdict(LogitKind.LogOdds, step => Report(step, generatorGradient: step > 700 ? 0 : 2));
        Assert.Equal((GameVerdictKind.GeneratorStarved, 701), (verdict.Kind, verdict.Since));
        Assert.Contains("more than a million times, while D is right about 70 % of the samples", verdict.Evidence,
            StringComparison.Ordinal);
    }

    [Fact]
    public void D_is_lost_when_it_is_wrong_or_never_told_anything()
    {
        Assert.Contains("20 % of real and 30 % of generated",
            Lost(step => step < 500 ? Report(step) : Report(step, realAccuracy: 0.2, fakeAccuracy: 0.3)), StringComparison.Ordinal);
        Assert.Contains("in no block was it right about more than 50 %", Lost(step => Report(step, realAccuracy: 0.9, fakeAccuracy: 0.1)),
            StringComparison.Ordinal);
        // what is learnt ends there too
        Assert.Equal(GameVerdictKind.Healthy,
            Verdict(LogitKind.LogOdds, step => step < 500 ? Report(step) : Report(step, realAccuracy: 0.5, fakeAccuracy: 0.5)).Kind);

        static string Lost(Func<long, StepReport> report)
        {
            var verdict = Verdict(LogitKind.LogOdds, report);
            Assert.Equal(GameVerdictKind.DiscriminatorLost, verdict.Kind);
            return verdict.Evidence;
        }
    }

    [Fact]
    public void A_loss_that_goes_to_and_fro_oscillates_and_one_that_falls_does_not()
    {
        var verdict = Verdict(LogitKind.LogOdds, step => Report(step, realLoss: (step - 1) / 100 % 2 == 0 ? 0.02 : 3, fakeLoss: 0.02));
        Assert.Equal(GameVerdictKind.Oscillating, verdict.Kind);
        Assert.Contains("between 0.04 and 3.02", verdict.Evidence, StringComparison.Ordinal);
        Assert.Equal(GameVerdictKind.Healthy,
            Verdict(LogitKind.LogOdds, step => Report(step, realLoss: 3 * Math.Exp(-0.01 * step), fakeLoss: 0)).Kind);
    }

    [Fact]
    public void A_training_that_breaks_off_says_where()
    {
        var monitor = Watched(LogitKind.LogOdds, 200, step => Report(step));
        monitor.Observe(new TrainingDivergedException(207, "G's loss (NaN)", "Lower it."));
        Assert.StartsWith("The training broke off at step 207: G's loss (NaN) is not a finite number; try a lower learning rate",
            monitor.Verdict.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Vitals_are_means_over_a_block_and_geometric_ones_of_gradients()
    {
        var monitor = Watched(LogitKind.LogOdds, 50,
            step => Report(step, realLoss: step % 2, fakeLoss: 0, generatorGradient: step % 2 == 0 ? 0.01 : 100, discriminatorGradient: 2));
        var vitals = Assert.Single(monitor.History);
        Assert.Equal((1, 50), (vitals.FirstStep, vitals.Step));
        Assert.Equal([0.5, 0.5, 1, 0.5, 0.4, 0.7],
            new[] { vitals.DiscriminatorLoss, vitals.LossSwing, vitals.GeneratorGradient, vitals.GradientRatio, vitals.RealSign,
            vitals.Accuracy }.Select(v => Math.Round(v, 9)));
    }

    [Fact]
    public void In_pieces_or_at_once_the_verdict_is_the_same() =>
        Gen.Select(Gen.Int[1, 12], Gen.Double[0.001, 1].Array[40]).Sample((every, gradients) =>
    {
        StepReport At(long step) => Report(step, generatorGradient: gradients[step * 40 / 2001], realAccuracy: 1, fakeAccuracy: 1);
        var (whole, pieces) = (new GameMonitor(start: Start), new GameMonitor(start: Start));
        var steps = Enumerable.Range(1, 2000).Where(s => s % every == 0).Select(s => At(s)).ToList();
        Assert.Equal(steps, steps.Watch(whole));
        foreach (var piece in steps.Chunk(73))
        {
            Assert.Equal(piece.Length, piece.Watch(pieces).Count());
        }

        Assert.Equal(whole.Verdict, pieces.Verdict);
        Assert.Equal(whole.Changes, pieces.Changes);
        Assert.Equal(whole.History, pieces.History);
    }, iter: 30);

    [Fact]
    public void Memory_is_bounded_and_the_history_reaches_from_start_to_end()
    {
        var monitor = Watched(LogitKind.LogOdds, 100_000, step => Report(step, generatorGradient: step / 500 % 2 == 0 ? 1 : 1e-6));
        Assert.InRange(monitor.History.Count, 250, 512);
        Assert.Equal(50, monitor.History[0].Step);
        Assert.InRange(monitor.History[^1].Step, 99_000, 100_000);
        Assert.Equal(100, monitor.Changes.Count);
    }

    [Fact]
    public void Another_training_or_a_threshold_out_of_range_is_refused()
    {
        var monitor = Watched(LogitKind.LogOdds, 10, step => Report(step));
        Assert.Contains("Step 1 came after step 10", Assert.Throws<ArgumentException>(() => monitor.Observe(Report(1))).Message,
            StringComparison.Ordinal);
        Assert.Contains("The option patience is 0; it must be a whole number in [1, 1000]",
            Assert.Throws<ArgumentException>(() => new GameMonitor(thresholds: new() { Patience = 0 })).Message, StringComparison.Ordinal);
    }

    private static GameVerdict Verdict(LogitKind logits, Func<long, StepReport> report) => Watched(logits, 1500, report).Verdict;

    private static GameMonitor Watched(LogitKind logits, int steps, Func<long, StepReport> report)
    {
        var monitor = new GameMonitor(logits, start: Start);
        Feed(monitor, 1, steps, report, _ => Start);
        return monitor;
    }

    private static void Feed(GameMonitor monitor, long from, long to, Func<long, StepReport> report, Func<long, WeightNorms> weights)
    {
        for (var step = from; step <= to; step++)
        {
            monitor.Observe(report(step), weights(step));
        }
    }

    private static StepReport Report(
        long step, double realLoss = 0.6, double fakeLoss = 0.6, double generatorLoss = 0.8, double realProbability = 0.6,
            double fakeProbability = 0.4,
        double discriminatorGradient = 1, double generatorGradient = 1, double realAccuracy = 0.7, double fakeAccuracy = 0.7) =>
        new(step, 0, TimeSpan.Zero, 0, realLoss, fakeLoss, 0, generatorLoss, realProbability, fakeProbability, discriminatorGradient,
            generatorGradient, realAccuracy, fakeAccuracy);
}
