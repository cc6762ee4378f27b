using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Schedules;

namespace ResearchKit.Tests.Experiments.Options;

public class ExperimentJsonTests
{
    [Fact]
    public void Options_come_back_as_they_were_written()
    {
        var options = new ExperimentOptions
        {
            Game = new() { Penalties = new Dictionary<string, Schedule> { ["r1"] = new CosineSchedule(1, 0.1, 10) } },
            Networks = new() { Normalization = DiscriminatorNormalization.Spectral },
            Trainer = new() { Seed = long.MaxValue, Beta1 = 0.1, AverageDecay = null },
        };
        var again = ExperimentJson.Read(ExperimentJson.Write(options));
        Assert.Equal(ExperimentJson.Write(options), ExperimentJson.Write(again));
        Assert.Empty(ExperimentJson.Differences(options, again));
        Assert.Equal((options.Networks, options.Trainer), (again.Networks, again.Trainer));
        Assert.Equal(options.Game.Penalties, again.Game.Penalties);
    }

    [Fact]
    public void Assignments_change_options_by_name()
    {
        var changed = new ExperimentOptions().With("r1=0.1", "generatorLearningRate=cosine(2e-4, 0, 3000)", "normalization=none",
            "loss = hinge", "steps=7", "averageDecay=none", "gridEvery=none", "r2=0");
        Assert.Equal(("hinge", 7, null, null), (changed.Game.Loss, changed.Run.Steps, changed.Trainer.AverageDecay, changed.Run.GridEvery));
        Assert.Equal((new CosineSchedule(2e-4, 0, 3000), DiscriminatorNormalization.None),
            (changed.Trainer.GeneratorLearningRate, changed.Networks.Normalization));
        Assert.Equal(["r1"], changed.Game.Penalties.Keys); // a weight of 0 is no penalty
    }

    [Fact]
    public void Differences_are_told_by_name_with_both_values()
    {
        var options = new ExperimentOptions();
        Assert.Empty(ExperimentJson.Differences(options, new ExperimentOptions()));
        Assert.Equal(
            [("r1", "none", "0.1", true), ("device", "cpu", "best", false), ("checkpointEvery", "500", "1", false)],
            ExperimentJson.Differences(options, options.With("r1=0.1", "checkpointEvery=1", "device=best")));
        Assert.Equal(ExperimentJson.Hash(options), ExperimentJson.Hash(options.With("checkpointEvery=1", "device=best")));
    }

    [Theory]
    [InlineData("gamma=1", "There is no option 'gamma'; there are data, dataB, samples,")]
    [InlineData("r1", "'r1' is no name=value")]
    [InlineData("steps=many", "The option steps is 'many'; it must be a whole number of at least 1.")]
    [InlineData("steps=1.5", "The option steps is '1.5'; it must be a whole number of at least 1.")]
    [InlineData("steps=none", "The option steps is 'none'; it must be a whole number of at least 1.")]
    [InlineData("r1=soon", "The option r1: 'soon' is no schedule: write")]
    [InlineData("r1=linear(1, 0, 0)", "The option r1: A schedule needs at least 1 step.")]
    [InlineData("normalization=spectralnorm",
        "There is no normalization 'spectralnorm'; there are auto, None, Batch, Instance, Layer, Spectral.")]
    [InlineData("normalization=1", "There is no normalization '1'; there are auto, None, Batch, Instance, Layer, Spectral.")]
    [InlineData("generatorRate=1e-3", "The option generatorRate is called generatorLearningRate now.")]
    [InlineData("average=0", "The option average is called averageDecay now.")]
    public void Wrong_assignments_are_told(string assignment, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => new ExperimentOptions().With(assignment)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_hash_tells_results_apart_and_not_where_and_how_often_is_written()
    {
        var options = new ExperimentOptions();
        Assert.Equal(64, ExperimentJson.Hash(options).Length);
        Assert.Equal(ExperimentJson.Hash(options),
            ExperimentJson.Hash(options.With("checkpointEvery=7", "gridEvery=none", "device=cuda")));
        Assert.NotEqual(ExperimentJson.Hash(options), ExperimentJson.Hash(options.With("seed=1")));
        // the mean losses of a moment are over the log's lines
        Assert.NotEqual(ExperimentJson.Hash(options), ExperimentJson.Hash(options.With("logEvery=3")));
        Assert.NotEqual(ExperimentJson.Hash(options), ExperimentJson.Hash(options.With("r1=0.1")));
    }

    public static TheoryData<string> Options => [.. ExperimentOption.All.Names];

    [Theory]
    [MemberData(nameof(Options))]
    public void A_value_that_an_option_does_not_take_is_one_sentence_in_the_words_of_the_command_line(string option)
    {
        foreach (var value in (string[])["NaN", "-Infinity", "1e999", "-1", "", "abc", "99999999999999999999", "linear(1, 2)", "none", "0"])
        {
            try
            {
                RunFolder.Check(new ExperimentOptions().With($"{option}={value}"));
                _ = ExperimentJson.Write(new ExperimentOptions().With($"{option}={value}")); // what is taken can be kept
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                var message = e.Message.Split(" (Parameter")[0]; // which the command line cuts off
                Assert.DoesNotMatch(@"System\.|`\d|JSON|Nullable|Exception|Int32|Double", message);
                Assert.EndsWith(".", message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Every_preset_is_built_and_makes_a_step()
    {
        var presets = PresetCatalog.All();
        Assert.True(presets.Count >= 4);
        foreach (var preset in presets)
        {
            // MNIST does not come with the kit; its own digits do. What is for a GPU learns the kit's faces here, in their size.
            var data = preset.Options.Data.Data.Replace(":mnist:train", "", StringComparison.Ordinal);
            var options = preset.Options.With($"data={data}", "batch=8");
            options = options.Run.Device == "cpu" ? options
                : options.With("data=emoji-faces-32:train", "imageSize=none", "device=cpu", "precision=Full");
            options = preset.Options.Data.DataB == PresetCatalog.OwnFolder ? options.With("dataB=emoji-faces-32:train") : options;
            options = !options.Data.Data.StartsWith("emoji-noto-64", StringComparison.Ordinal) ? options // fetched on request
                : options.With("data=emoji-tones-32:half-a:yellow", "dataB=emoji-tones-32:half-b:dark");
            options = options.Networks.Architecture == "wavegan" ? options.With("data=notes", "samples=16", "heldOut=20",
                "imageSize=4096") : options;
            options = options.Networks.Architecture == "text-wgan-gp" ? options.With("data=words", "imageSize=12") : options;
            options = options.Networks.Architecture != "seqgan" ? options // the first step is one against D here
                : options.With("likelihoodSteps=none", "discriminatorWarmup=none", "samples=16", "heldOut=2", "rollouts=1");
            options = options.Networks.Architecture == "mocogan" ? options.With("data=moving-shapes", "samples=16", "heldOut=20",
                "imageSize=32", "channels=none", "frameStep=1") : options;
            options = options.Data.CropFrom is null ? options : options.With("cropFrom=36"); // 286 is for 256 pixels
            options = options.Networks.Architecture == "pacgan" ? options : options.With("features=16");
            using var experiment = ExperimentKinds.Build(options);
            Assert.Equal(1, experiment.Training.Run(1).Single().Step);
        }
    }

    [Theory]
    [InlineData("loss=shiny", "There is no loss 'shiny'; there are minimax, non-saturating, least-squares, wasserstein, hinge,")]
    [InlineData("augment=much", "There is no augmentation 'much'; there are diff, ada, ada-all, ada-schedule, quarter-turns.")]
    [InlineData("samples=99999", "The option samples asks for 99999 images and heldOut for 0, but")]
    [InlineData("r1=1", "batch normalisation")]
    [InlineData("pathLength=2", "a DcganGenerator has none")]
    [InlineData("pathLength=-1", "The option pathLength is -1; it must be a finite number of at least 0")]
    [InlineData("logEvery=0", "The option logEvery is 0; it must be a whole number of at least 1.")]
    [InlineData("checkpointEvery=0", "The option checkpointEvery is 0; it must be")]
    [InlineData("leCam=-0.1", "The option leCam is -0.1; it must be a finite number of at least 0, or a schedule of such numbers.")]
    [InlineData("pack=0", "The option pack is 0; it must be")]
    [InlineData("heldOut=0", "The option heldOut is 0; it must be a whole number of at least 1, or none.")]
    [InlineData("gradientClip=0", "The option gradientClip is 0; it must be a finite number above 0, or none.")]
    [InlineData("channels=4", "The option channels is 4; it must be a whole number in [1, 3], or none.")]
    public void Options_that_cannot_be_built_are_told(string assignment, string problem) => Assert.Contains(
        problem, Assert.Throws<ArgumentException>(() => Experiment.Build(
            new ExperimentOptions().With(assignment))).Message, StringComparison.Ordinal);

    [Fact]
    public void Penalties_on_G_are_in_the_game()
    {
        var options = new ExperimentOptions().With("architecture=stylegan2", "imageSize=32", "samples=64", "features=4", "latent=8",
            "batch=4", "r1=0.1", "pathLength=1.5");
        using var experiment = Experiment.Build(options);
        var penalty = Assert.IsType<PathLengthPenalty>(Assert.Single(experiment.Game.GeneratorPenalties));
        Assert.Equal((1.5, 4), (penalty.Weight.At(1), penalty.Every));
        Assert.IsType<R1Penalty>(Assert.Single(experiment.Game.Penalties));
        Assert.Equal(2, experiment.Trainer.Run(2).Count());
        Assert.NotEqual(0, penalty.Mean);
    }

    [Fact]
    public void Points_have_no_instance_normalisation() => Assert.Contains(
        "is for images", Assert.Throws<ArgumentException>(() => Experiment.Build(new ExperimentOptions().With("data=ring8", "samples=100",
            "normalization=Instance"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_are_unique_and_every_option_says_what_it_takes_and_is()
    {
        Assert.Equal(ExperimentOption.All.Names, ExperimentOption.All.Names.Distinct());
        Assert.All(ExperimentOption.All, o => Assert.True(o.Takes.Length > 0 && o.Description.Length > 0, o.Name));
        Assert.Equal(["data", "networks", "game", "translation", "trainer", "run", "scoring"],
            ExperimentOption.All.Select(o => o.Group).Distinct());
        Assert.Equal(PenaltyEntry.All.Names, ExperimentOption.All.Names.Intersect(PenaltyEntry.All.Names));
        Assert.Equal(("none", "a whole number of at least 1, or none"),
            (ExperimentOption.All.Find("heldOut").Default, ExperimentOption.All.Find("heldOut").Takes));
        Assert.Equal(string.Join(", ", AdversarialLosses.All.Names), ExperimentOption.All.Find("loss").Takes);
        Assert.DoesNotContain("null", ExperimentOption.All.Find("averageHalfLife").Description, StringComparison.Ordinal);
    }
}
