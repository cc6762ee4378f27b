using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Models;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments;

public sealed class StackedExperimentTests : IDisposable
{
    private static readonly ExperimentOptions Stacked = new()
    {
        Data = "stacked-digits", Samples = 400, Architecture = "unrolled-digits", Features = 2, Latent = 16, Batch = 8, Steps = 6,
            LogEvery = 1, CheckpointEvery = 2, GridEvery = 3, ScoreEvery = 3, ScoreSamples = 30, Average = 0.9,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_is_scored_by_its_modes_and_goes_on_with_the_same_bytes()
    {
        var whole = RunFolder.Create(_folder["whole"], Stacked);
        Assert.Equal(6, ExperimentRun.Train(whole).Count());
        var scores = whole.Scores.Read();
        Assert.Equal([3L, 6], scores.Select(s => s.Step));
        Assert.All(scores, s => Assert.Equal(["confidence", "modes", "modesWithoutGate", "reverseKl", "reverseKlWithoutGate", "uncertain"],
            s.Values.Keys.Order(StringComparer.Ordinal)));
        Assert.All(scores, s => Assert.Equal(ScoreKinds.NamesOf(Stacked), s.Values.Keys));
        Assert.All(scores, s => Assert.InRange(s.Values["uncertain"], 0, 1));
        Assert.InRange(scores[1].Values["modesWithoutGate"], 1, 30);

        Assert.Equal(5, ExperimentRun.Train(RunFolder.Create(_folder["left"], Stacked)).Take(5).Count());
        Assert.Equal(2, ExperimentRun.Train(RunFolder.Open(_folder["left"])).Count());
        foreach (var file in (string[])["log.jsonl", "scores.jsonl", "generator.safetensors"])
        {
            Assert.Equal(File.ReadAllBytes(_folder[$"whole/{file}"]), File.ReadAllBytes(_folder[$"left/{file}"]));
        }

        using var generator = GeneratorFile.Load(_folder["whole/generator.safetensors"]);
        Assert.IsType<UnrolledDigitsGenerator>(generator);
    }

    [Theory]
    [InlineData("pack=2")]
    [InlineData("unrolled=2")]
    [InlineData("normalization=None r1=0.1 r2=0.1 loss=relativistic-pairing")]
    [InlineData("normalization=None loss=wasserstein gradientPenalty=10 discriminatorSteps=2")]
    [InlineData("normalization=Spectral loss=hinge augment=diff")]
    [InlineData("architecture=auto features=4 minibatchDeviation=4 pack=2")]
    [InlineData("data=stacked-digits:digits:train")]
    public void Every_cure_trains_on_it(string changes)
    {
        using var experiment = Experiment.Build(ExperimentJson.With(Stacked, changes.Split(' ')));
        Assert.Equal(2, experiment.Trainer.Run(2).Last().Step);
    }

    [Theory]
    [InlineData("architecture=pacgan", "is for points")]
    [InlineData("architecture=vast", "there are auto, pacgan, unrolled-digits")]
    [InlineData("data=fashion-mnist-small:train",
        "The architecture unrolled-digits is for stacked-digits, and the data are fashion-mnist-small:train")]
    [InlineData("minibatchDeviation=4", "set minibatchDeviation to 0")]
    [InlineData("heldOut=5", "heldOut asks for 5 pictures")]
    [InlineData("data=stacked-digits:mine", "The data stacked-digits:mine name no digits: write stacked-digits, or")]
    [InlineData("data=stacked-digits:shelf:train", "The catalog has no data set 'shelf'")]
    [InlineData("data=stacked-digits:digits:lost", "has no part 'lost'")]
    [InlineData("data=stacked-digits:cifar-10:train", "has not been fetched")]
    [InlineData("samples=4", "batchSize")]
    [InlineData("scores=frechet", "The score frechet is not for stacked-digits")]
    [InlineData("r1=1", "batch normalisation")]
    public void What_does_not_go_together_is_refused(string change, string problem) => Assert.Contains(
        problem, Assert.ThrowsAny<Exception>(() => Experiment.Build(ExperimentJson.With(Stacked, [change]))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_score_is_for_stacked_digits_only() => Assert.Contains(
        "The score stacked is not for ring8",
            Assert.Throws<ArgumentException>(() => new ExperimentOptions { Data = "ring8", Scores = "stacked" }.Validate()).Message,
            StringComparison.Ordinal);
}
