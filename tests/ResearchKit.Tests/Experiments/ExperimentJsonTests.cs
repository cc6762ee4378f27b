using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Models;
using ResearchKit.Schedules;

namespace ResearchKit.Tests.Experiments;

public class ExperimentJsonTests
{
    [Fact]
    public void Options_come_back_as_they_were_written()
    {
        var options = new ExperimentOptions { R1 = new CosineSchedule(1, 0.1, 10), Normalization = DiscriminatorNormalization.Spectral,
            Seed = long.MaxValue, Beta1 = 0.1 };
        Assert.Equal(options, ExperimentJson.Read(ExperimentJson.Write(options)));
    }

    [Fact]
    public void Assignments_change_options_by_name()
    {
        var changed = ExperimentJson.With(new ExperimentOptions(),
            ["r1=0.1", "generatorRate=cosine(2e-4, 0, 3000)", "normalization=None", "loss = hinge", "steps=7"]);
        Assert.Equal(new ExperimentOptions { R1 = 0.1, GeneratorRate = new CosineSchedule(2e-4, 0, 3000),
            Normalization = DiscriminatorNormalization.None, Loss = "hinge", Steps = 7 }, changed);
    }

    [Fact]
    public void Differences_are_told_by_name_with_both_values()
    {
        var options = new ExperimentOptions();
        Assert.Empty(ExperimentJson.Differences(options, new ExperimentOptions()));
        Assert.Equal(
            [("r1", "0", "0.1", true), ("device", "\"cpu\"", "\"best\"", false), ("checkpointEvery", "500", "1", false)],
            ExperimentJson.Differences(options, options with { R1 = 0.1, CheckpointEvery = 1, Device = "best" }));
        Assert.Equal(ExperimentJson.Hash(options), ExperimentJson.Hash(options with { CheckpointEvery = 1, Device = "best" }));
    }

    [Theory]
    [InlineData("gamma=1", "There is no option 'gamma'; there are data, samples,")]
    [InlineData("r1", "'r1' is no name=value")]
    [InlineData("steps=many", "The option steps is not as it must be")]
    [InlineData("steps=1.5", "The option steps is not as it must be")]
    [InlineData("r1=soon", "is no schedule: write")]
    [InlineData("normalization=Big", "The option normalization is not as it must be")]
    public void Wrong_assignments_are_told(string assignment, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => ExperimentJson.With(new ExperimentOptions(), [assignment])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_hash_tells_results_apart_and_not_where_and_how_often_is_written()
    {
        var options = new ExperimentOptions();
        Assert.Equal(64, ExperimentJson.Hash(options).Length);
        Assert.Equal(ExperimentJson.Hash(options),
            ExperimentJson.Hash(options with { CheckpointEvery = 7, GridEvery = 0, Device = "cuda" }));
        Assert.NotEqual(ExperimentJson.Hash(options), ExperimentJson.Hash(options with { Seed = 1 }));
        // the mean losses of a moment are over the log's lines
        Assert.NotEqual(ExperimentJson.Hash(options), ExperimentJson.Hash(options with { LogEvery = 3 }));
        Assert.NotEqual(ExperimentJson.Hash(options), ExperimentJson.Hash(options with { R1 = 0.1 }));
    }

    [Fact]
    public void Every_preset_is_built_and_makes_a_step()
    {
        var presets = PresetCatalog.All();
        Assert.True(presets.Count >= 4);
        foreach (var preset in presets)
        {
            // MNIST does not come with the kit; its own digits do
            var data = preset.Options.Data.Replace(":mnist:train", "", StringComparison.Ordinal);
            using var experiment = Experiment.Build(preset.Options with { Data = data, Features = preset.Options.Architecture == "pacgan"
                ? preset.Options.Features : 4, Batch = 8 });
            Assert.Equal(1, experiment.Trainer.Run(1).Single().Step);
        }
    }

    [Theory]
    [InlineData("loss=shiny", "There is no loss 'shiny'")]
    [InlineData("augment=much", "There is no augmentation 'much'")]
    [InlineData("samples=99999", "samples asks for 99999 and heldOut for 0, but")]
    [InlineData("r1=1", "batch normalisation")]
    [InlineData("logEvery=0", "The option logEvery is 0; it must be at least 1")]
    [InlineData("checkpointEvery=0", "checkpointEvery is 0")]
    [InlineData("leCam=-0.1", "leCam is -0.1; it must be at least 0")]
    [InlineData("pack=0", "pack is 0")]
    public void Options_that_cannot_be_built_are_told(string assignment, string problem) => Assert.Contains(
        problem, Assert.Throws<ArgumentException>(() => Experiment.Build(ExperimentJson.With(new ExperimentOptions(),
            [assignment]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Points_have_no_instance_normalisation() => Assert.Contains(
        "is for pictures", Assert.Throws<ArgumentException>(() => Experiment.Build(new ExperimentOptions { Data = "ring8", Samples = 100,
            Normalization = DiscriminatorNormalization.Instance })).Message, StringComparison.Ordinal);
}
