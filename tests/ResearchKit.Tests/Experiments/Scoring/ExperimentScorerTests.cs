using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics.Modes;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Models;
using ResearchKit.Support;
using ResearchKit.Training;
using TorchSharp;

namespace ResearchKit.Tests.Experiments.Scoring;

public sealed class ExperimentScorerTests : IDisposable
{
    private static readonly ExperimentOptions Images = new ExperimentOptions().With("samples=100", "heldOut=60", "features=4", "latent=8",
        "batch=8", "steps=4", "gridEvery=none", "logEvery=1", "scoreEvery=2", "scoreSamples=40", "normalization=None", "averageDecay=0.9");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Every_score_of_images_is_taken_at_its_moments()
    {
        var options = Images.With("scores=frechet, fidelity, overfitting, estimate, turns, losses", "augment=ada", "adaSpeed=100");
        var scores = Train("all", options);
        Assert.Equal([2L, 4], scores.Select(s => s.Step));
        foreach (var (_, values) in scores)
        {
            Assert.Equal(
                [
                    "augmentation", "coverage", "density", "discriminatorGradientNorm", "discriminatorLoss", "estimate", "fakeLogit",
                        "frechet", "frechetNow", "generatorGradientNorm", "generatorLoss", "heldOutLogit", "heldOutSigns",
                    "nearerTrain", "precision", "recall", "trainLogit", "trainSigns", "upright",
                ],
                values.Keys.Order(StringComparer.Ordinal));
            // by which a protocol's published scores are checked
            Assert.Equal(ScoreKinds.ValuesOf(options).Select(v => v.Name), values.Keys);
            Assert.All(ScoreKinds.ValuesOf(options), v => Assert.InRange(values[v.Name], v.Least, v.Most));
            Assert.All(values.Values, v => Assert.True(double.IsFinite(v)));
        }

        var log = File.ReadLines(_folder["all/log.jsonl"]).Select(l => System.Text.Json.Nodes.JsonNode.Parse(l)!).ToList();
        Assert.Equal((double)log[2]["generatorLoss"]! / 2 + (double)log[3]["generatorLoss"]! / 2, scores[1].Values["generatorLoss"], 1e-12);
        Assert.NotEqual(scores[1].Values["frechet"], scores[1].Values["frechetNow"]); // the average is another network
    }

    [Fact]
    public void Scoring_does_not_change_the_training()
    {
        Train("scored", Images.With("scores=frechet, fidelity, overfitting, estimate, turns"));
        Train("plain", Images.With("scoreEvery=none", "scores=losses"));
        Assert.Equal(File.ReadAllText(_folder["plain/log.jsonl"]), File.ReadAllText(_folder["scored/log.jsonl"]));
        Assert.Equal(File.ReadAllBytes(_folder["plain/generator.safetensors"]), File.ReadAllBytes(_folder["scored/generator.safetensors"]));
    }

    [Theory]
    [InlineData("ring8", "highQuality,modes,offModeMass,reverseKl,withinSixSigma")]
    [InlineData("two-moons", "wasserstein")]
    public void Points_have_scores_of_their_own(string data, string names)
    {
        var options = new ExperimentOptions().With($"data={data}", "normalization=None", "features=8", "latent=2", "steps=2", "samples=500",
            "scoreSamples=100");
        var scores = Train("points", options);
        Assert.Equal(ScoreKinds.ValuesOf(options).Select(v => v.Name), scores.Single().Values.Keys);
        Assert.Equal(names, string.Join(',', scores.Single().Values.Keys.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Scores_of_points_are_those_of_the_averaged_generator()
    {
        var options = new ExperimentOptions().With("data=ring8", "normalization=None", "features=32", "latent=2", "steps=300",
            "scoreSamples=10000", "averageDecay=0.9", "generatorLearningRate=1e-3", "discriminatorLearningRate=1e-3");
        var scores = Train("run", options).Single().Values;
        using var scope = torch.NewDisposeScope();
        using var generator = GeneratorFile.Load(_folder["run/generator.safetensors"]);
        generator.eval();
        var coverage = ModeCoverage.Measure(generator.call(NormalLatents.Draw(10_000, 2, seed: 1)), GaussianMixture.Ring());
        Assert.Equal(
            (coverage.Modes, coverage.HighQuality, coverage.WithinSixSigma, coverage.OffModeMass, coverage.ReverseKl),
            ((int)scores["modes"], scores["highQuality"], scores["withinSixSigma"], scores["offModeMass"], scores["reverseKl"]));
        Assert.NotEqual(scores["highQuality"], scores["withinSixSigma"]);
    }

    [Theory]
    [InlineData("ring8", "frechet", "The score frechet is not for ring8; for it there are modes, transport, losses.")]
    [InlineData("two-moons", "modes", "The score modes is not for two-moons; for it there are transport, losses.")]
    [InlineData("fashion-mnist-small:train", "shine", "There is no score 'shine'; there are modes, transport")]
    public void A_score_that_does_not_fit_the_data_is_refused(string data, string scores, string problem) =>
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => RunFolder.Check(
            Images.With($"data={data}", $"scores={scores}", "heldOut=none"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("scores=estimate loss=hinge", "with the loss hinge it tells none")]
    [InlineData("scores=overfitting pack=3", "packs of 3")]
    [InlineData("scores=overfitting data=Reference/pictures", "set heldOut")]
    [InlineData("scoreSamples=3", "The option scoreSamples is 3; it must be a whole number of at least 10, or none.")]
    public void Scores_that_cannot_be_taken_are_refused_before_the_run_begins(string changes, string problem) =>
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => RunFolder.Check(Images.With(["heldOut=none",
            .. changes.Split(' ')]))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_divergence_is_kept_and_not_trained_again()
    {
        var run = RunFolder.Create(_folder["diverging"],
            Images.With("loss=wasserstein", "optimizer=GradientDescent", "generatorLearningRate=1e9", "discriminatorLearningRate=1e9",
            "steps=50"));
        var error = Assert.Throws<TrainingDivergedException>(() => ExperimentRun.Train(run).Count());
        Assert.True(run.IsFinished && !run.IsDone);
        var again = Assert.Throws<TrainingDivergedException>(() => ExperimentRun.Train(RunFolder.Open(run.Path)).Count());
        Assert.Equal((error.Step, error.Quantity), (again.Step, again.Quantity));
        Assert.Contains("when this folder was trained", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_cannot_train_one_run()
    {
        var run = RunFolder.Create(_folder["run"], Images.With("scores=losses"));
        foreach (var _ in ExperimentRun.Train(run).Take(1))
        {
            Assert.Contains("trained by another process",
                Assert.Throws<RunHeldException>(() => ExperimentRun.Train(RunFolder.Open(run.Path)).First()).Message,
                StringComparison.Ordinal);
        }

        Assert.Equal(4, ExperimentRun.Train(run).Count());
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<(long Step, IReadOnlyDictionary<string, double> Values)> Train(string name, ExperimentOptions options)
    {
        var run = RunFolder.Create(_folder[name], options);
        Assert.Equal(options.Run.Steps, ExperimentRun.Train(run).Count());
        return run.Scores.Read();
    }
}
