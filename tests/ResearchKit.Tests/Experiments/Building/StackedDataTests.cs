using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Models;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Building;

public sealed class StackedDataTests : IDisposable
{
    private static readonly ExperimentOptions Stacked = new ExperimentOptions().With("data=stacked-digits", "samples=400",
        "architecture=unrolled-digits", "features=2", "latent=16", "batch=8", "steps=6", "logEvery=1", "checkpointEvery=2", "gridEvery=3",
        "scoreEvery=3", "scoreSamples=30", "averageDecay=0.9");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_is_scored_by_its_modes_and_goes_on_with_the_same_bytes()
    {
        var scores = CutRun.AsWhole(_folder, Stacked).Scores.Read();
        Assert.Equal([3L, 6], scores.Select(s => s.Step));
        Assert.All(scores, s => Assert.Equal(["confidence", "modes", "modesWithoutGate", "reverseKl", "reverseKlWithoutGate", "uncertain"],
            s.Values.Keys.Order(StringComparer.Ordinal)));
        Assert.All(scores, s => Assert.Equal(ScoreKinds.ValuesOf(Stacked).Select(v => v.Name), s.Values.Keys));
        Assert.All(scores, s => Assert.InRange(s.Values["uncertain"], 0, 1));
        Assert.InRange(scores[1].Values["modesWithoutGate"], 1, 30);
        using var generator = GeneratorFile.Load(_folder["whole/generator.safetensors"]);
        Assert.IsType<UnrolledDigitsGenerator>(generator);
    }

    [Theory]
    [InlineData("pack=2")]
    [InlineData("unrolledSteps=2")]
    [InlineData("normalization=None r1=0.1 r2=0.1 loss=relativistic-pairing")]
    [InlineData("normalization=None loss=wasserstein gradientPenalty=10 discriminatorSteps=2")]
    [InlineData("normalization=Spectral loss=hinge augment=diff")]
    [InlineData("architecture=auto features=4 minibatchDeviation=4 pack=2")]
    [InlineData("data=stacked-digits:digits:train")]
    public void Every_cure_trains_on_it(string changes)
    {
        using var experiment = Experiment.Build(Stacked.With(changes.Split(' ')));
        Assert.Equal(2, experiment.Trainer.Run(2).Last().Step);
    }

    [Theory]
    [InlineData("architecture=pacgan", "is for points")]
    [InlineData("architecture=vast", "There is no architecture 'vast'; there are mlp, dcgan, pacgan, unrolled-digits")]
    [InlineData("data=cifar-10:train", "The architecture unrolled-digits is for images of 28 x 28 pixels, and these have 32 x 32")]
    [InlineData("minibatchDeviation=4", "has no choice of minibatchDeviation: leave that at auto")]
    [InlineData("heldOut=5", "The option heldOut is for sets of images, sounds, clips or lines, and stacked-digits is none")]
    [InlineData("data=stacked-digits:mine", "The data stacked-digits:mine name no digits: write stacked-digits, or")]
    [InlineData("data=stacked-digits:shelf:train", "The catalog has no data set 'shelf'")]
    [InlineData("data=stacked-digits:digits:lost", "has no part 'lost'")]
    [InlineData("data=stacked-digits:cifar-10:train", "has not been fetched")]
    [InlineData("samples=4", "batchSize")]
    [InlineData("scores=frechet", "The score frechet is not for stacked-digits")]
    [InlineData("r1=1", "batch normalisation")]
    public void What_does_not_go_together_is_refused(string change, string problem) => Assert.Contains(
        problem, Assert.ThrowsAny<Exception>(() => Built(Stacked.With(change))).Message,
            StringComparison.Ordinal);

    private static Experiment Built(ExperimentOptions options)
    {
        RunFolder.Check(options);
        return Experiment.Build(options);
    }

    [Fact]
    public void The_score_is_for_stacked_digits_only() => Assert.Contains(
        "The score stacked is not for ring8",
        Assert.Throws<ArgumentException>(() => RunFolder.Check(new ExperimentOptions().With("data=ring8", "scores=stacked"))).Message,
            StringComparison.Ordinal);
}
