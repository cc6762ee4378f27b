using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Tests.Experiments.Sweeps;

public class SweepPlanTests
{
    private static readonly Preset Plain = new("plain", "nothing special",
        new ExperimentOptions().With("data=ring8", "normalization=None"), []);

    [Fact]
    public void The_grid_is_every_setting_with_every_seed()
    {
        var plan = SweepPlan.Create(Plain, ["r1=0,0.1", "generatorLearningRate=1e-3,cosine(1e-3, 0, 500)", "steps=7"], [0, 4]);
        string[] rates = ["generatorLearningRate=1e-3", "generatorLearningRate=cosine(1e-3, 0, 500)"];
        Assert.Equal([.. rates.Select(r => "r1=0, " + r), .. rates.Select(r => "r1=0.1, " + r)], plan.Settings.Select(s => s.Name));
        Assert.Equal(8, plan.Cells.Count);
        Assert.Equal([0L, 0, 0, 0, 4, 4, 4, 4], plan.Cells.Select(c => c.Seed));
        Assert.Equal(8, plan.Cells.Select(c => c.Folder).Distinct().Count());
        Assert.All(plan.Cells, c => Assert.Equal((7, c.Seed), (c.Options.Run.Steps, c.Options.Trainer.Seed)));
        Assert.Equal("cosine(0.001, 0, 500)", plan.Cells[1].Options.Trainer.GeneratorLearningRate.ToString());
        Assert.Equal(Path.Combine("r1=0.1--generatorLearningRate=1e-3", "seed-4"), plan.Cells[6].Folder);
        Assert.Equal(["r1", "generatorLearningRate"], plan.Swept); // steps differs nowhere
    }

    [Fact]
    public void Variants_are_settings_and_multiply_with_axes()
    {
        var preset = Plain with { Variants = [new("base", []), new("with R1", ["r1=1"])] };
        Assert.Equal(["base, batch=8", "base, batch=16", "with R1, batch=8", "with R1, batch=16"],
            SweepPlan.Create(preset, ["batch=8,16"], [0]).Settings.Select(s => s.Name));
        var one = SweepPlan.Create(preset, [], [0], ["with R1"]).Cells.Single();
        Assert.Equal(1.0, one.Options.Game.Penalties["r1"].At(1));
        Assert.Equal("plain", SweepPlan.Create(Plain, [], [0]).Settings.Single().Name);
    }

    [Theory]
    [InlineData("r1=1,1", "would share the folder")]
    [InlineData("r1=1,1.0", "are one and the same")]
    [InlineData("seed=1,2", "named by themselves (--seeds)")]
    [InlineData("gamma=1,2", "There is no option 'gamma'")]
    [InlineData("r1", "is no name=value,value")]
    [InlineData("steps=1,many", "The option steps is 'many'; it must be a whole number of at least 1.")]
    public void Wrong_axes_are_told(string axis, string problem) =>
        Assert.Contains(problem, Assert.ThrowsAny<Exception>(() => SweepPlan.Create(Plain, [axis], [0])).Message, StringComparison.Ordinal);

    [Fact]
    public void An_option_is_named_once_and_scores_are_one_value()
    {
        Assert.Contains("steps is named twice",
            Assert.Throws<ArgumentException>(() => SweepPlan.Create(Plain, ["steps=1,2", "steps=3"], [0])).Message,
            StringComparison.Ordinal);
        Assert.Equal("modes,losses", SweepPlan.Create(Plain, ["scores=modes,losses"], [0]).Cells.Single().Options.Scoring.Scores);
        var preset = Plain with { Variants = [new("A", ["r1=1"]), new("a", ["r1=2"])] };
        Assert.Contains("would share the folder", Assert.Throws<ArgumentException>(() => SweepPlan.Create(preset, [], [0])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_seeds_and_variants_are_told()
    {
        Assert.Contains("at least one seed", Assert.Throws<ArgumentException>(() => SweepPlan.Create(Plain, [], [])).Message,
            StringComparison.Ordinal);
        Assert.Contains("each only once", Assert.Throws<ArgumentException>(() => SweepPlan.Create(Plain, [], [1, 1])).Message,
            StringComparison.Ordinal);
        Assert.Contains("no variant 'x'; it has none",
            Assert.Throws<ArgumentException>(() => SweepPlan.Create(Plain, [], [0], ["x"])).Message, StringComparison.Ordinal);
    }
}
