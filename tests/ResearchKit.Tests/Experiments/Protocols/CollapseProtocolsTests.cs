using System.Globalization;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Protocols;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Tests.Experiments.Protocols;

public class CollapseProtocolsTests
{
    [Fact]
    public void Every_protocol_has_both_forms_and_every_method_can_be_built()
    {
        var all = CollapseProtocols.All();
        Assert.Equal(["grid25", "ring8"], all.Select(p => p.Protocol).Distinct().Intersect(["grid25", "ring8"]));
        Assert.All(all.GroupBy(p => p.Protocol).Where(p => p.Key != "unrolled-digits"),
            forms => Assert.Equal([PresetProtocol.Exact, PresetProtocol.Quick], forms.Select(f => f.Form).Order()));
        Assert.True(all.Count >= 7);
        foreach (var (_, _, preset) in all)
        {
            foreach (var cell in SweepPlan.Create(preset, [], [0]).Cells)
            {
                using var experiment = Experiment.Build(Here(cell.Options));
                Assert.All(experiment.Trainer.Run(1), step => Assert.True(double.IsFinite(step.GeneratorLoss)));
            }
        }
    }

    [Fact]
    public void Seeds_that_settings_were_chosen_on_are_not_reported_on()
    {
        foreach (var protocol in CollapseProtocols.All().Select(p => p.Preset.Protocol!).Where(p => p.TunedOn is not null))
        {
            var (tuned, reported) = (Range(protocol.TunedOn!), Range(protocol.ReportedOn!));
            Assert.True(tuned.Last < reported.First || reported.Last < tuned.First, $"{protocol.TunedOn} and {protocol.ReportedOn}");
        }

        static (int First, int Last) Range(string seeds) =>
            seeds.Split("..") is [var a, var b] ? (int.Parse(a), int.Parse(b)) : throw new FormatException(seeds);
    }

    [Fact]
    public void PacGANs_experiment_has_the_papers_networks_and_numbers()
    {
        var plan = SweepPlan.Create(CollapseProtocols.Find("grid25", PresetProtocol.Exact), [], [0]);
        Assert.Equal(["GAN", "PacGAN 2", "PacGAN 3", "PacGAN 4"], plan.Settings.Select(s => s.Name));
        Assert.All(plan.Cells, c => Assert.Equal((400_000, 2500, null, 100 * c.Options.Networks.Pack),
            (c.Options.Run.Steps, c.Options.Scoring.ScoreSamples, c.Options.Trainer.AverageDecay, c.Options.Data.Batch)));
        using var experiment = Experiment.Build(plan.Cells[0].Options);
        Assert.Equal(484_802, experiment.Trainer.Generator.parameters().Sum(p => p.numel()));
        Assert.Equal(405_201, experiment.Discriminator.parameters().Sum(p => p.numel()));
    }

    [Theory]
    [InlineData("ring8", "GAN", 400_000)]
    [InlineData("grid25", "PacGAN 2", 400_000)]
    [InlineData("unrolled-digits", "DCGAN", 500_000)]
    [InlineData("stacked-digits", "DCGAN", 100_000)]
    public void Exact_forms_run_their_first_hundred_steps_and_tell_their_cost(string protocol, string method, int steps)
    {
        var cell = SweepPlan.Create(CollapseProtocols.Find(protocol, PresetProtocol.Exact), [], [0], [method]).Cells.Single();
        cell = cell with { Options = Here(cell.Options) };
        using var experiment = Experiment.Build(cell.Options);
        Assert.Equal(100, experiment.Trainer.Run(100)
            .Count(step => double.IsFinite(step.GeneratorLoss) && double.IsFinite(step.DiscriminatorLoss)));
        var cost = SweepCost.Measure([.. Enumerable.Repeat(cell, 10)], "none", TimeSpan.FromSeconds(0.5),
            TestContext.Current.CancellationToken);
        Assert.Equal((steps, 10), (cost.Steps, cost.Runs));
        Assert.InRange(cost.StepsPerSecond, 0.1, 100_000);
        Assert.Equal(10L * cost.Steps, cost.StepsLeft);
        Assert.Equal(10 * cost.Run.TotalHours, cost.Total.TotalHours, 1e-6);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{method}: {cost.Steps:N0} steps at "), cost.ToString(),
            StringComparison.Ordinal);
    }

    // MNIST does not come with the kit; its own digits do, and stand in for it here
    private static ExperimentOptions Here(ExperimentOptions options) =>
        options.With($"data={options.Data.Data.Replace(":mnist:train", "", StringComparison.Ordinal)}");

    [Theory]
    [InlineData("ring9", "quick", "There is no protocol 'ring9' in the form 'quick'; there are grid25 (exact)")]
    [InlineData("unrolled-digits", "quick", "The protocol unrolled-digits has no form 'quick', only exact: name that (--form).")]
    [InlineData("no-such.json", "quick", "no such preset file")]
    public void An_unknown_protocol_is_told(string protocol, string form, string problem) =>
        Assert.Contains(problem, Assert.ThrowsAny<Exception>(() => CollapseProtocols.Find(protocol, form)).Message,
            StringComparison.Ordinal);
}
