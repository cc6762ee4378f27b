using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics.Modes;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Files;
using ResearchKit.Models;
using ResearchKit.Support;
using ResearchKit.Training;
using TorchSharp;

namespace ResearchKit.Tests.Experiments.Scoring;

public sealed class RunScorerTests : IDisposable
{
    private static readonly ExperimentOptions Pictures = new()
    {
        Samples = 100, HeldOut = 60, Features = 4, Latent = 8, Batch = 8, Steps = 4, GridEvery = 0, LogEvery = 1, ScoreEvery = 2,
            ScoreSamples = 40, Normalization = DiscriminatorNormalization.None, Average = 0.9,
    };

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Every_score_of_pictures_is_taken_at_its_moments()
    {
        var options = Pictures with { Scores = "frechet, fidelity, overfitting, estimate, turns, losses", Augment = "ada", AdaSpeed = 100 };
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
            Assert.Equal(ScoreKinds.NamesOf(options), values.Keys); // by which a protocol's published scores are checked
            Assert.All(values.Values, v => Assert.True(double.IsFinite(v)));
        }

        var log = File.ReadLines(_folder["all/log.jsonl"]).Select(l => System.Text.Json.Nodes.JsonNode.Parse(l)!).ToList();
        Assert.Equal((double)log[2]["generatorLoss"]! / 2 + (double)log[3]["generatorLoss"]! / 2, scores[1].Values["generatorLoss"], 1e-12);
        Assert.NotEqual(scores[1].Values["frechet"], scores[1].Values["frechetNow"]); // the average is another network
    }

    [Fact]
    public void Scoring_does_not_change_the_training()
    {
        Train("scored", Pictures with { Scores = "frechet, fidelity, overfitting, estimate, turns" });
        Train("plain", Pictures with { ScoreEvery = 0, Scores = "losses" });
        Assert.Equal(File.ReadAllText(_folder["plain/log.jsonl"]), File.ReadAllText(_folder["scored/log.jsonl"]));
        Assert.Equal(File.ReadAllBytes(_folder["plain/generator.safetensors"]), File.ReadAllBytes(_folder["scored/generator.safetensors"]));
    }

    [Theory]
    [InlineData("ring8", "highQuality,modes,offModeMass,reverseKl,withinSixSigma")]
    [InlineData("two-moons", "wasserstein")]
    public void Points_have_scores_of_their_own(string data, string names)
    {
        var options = new ExperimentOptions { Data = data, Normalization = DiscriminatorNormalization.None, Features = 8, Latent = 2,
            Steps = 2, Samples = 500, ScoreSamples = 100 };
        var scores = Train("points", options);
        Assert.Equal(ScoreKinds.NamesOf(options), scores.Single().Values.Keys);
        Assert.Equal(names, string.Join(',', scores.Single().Values.Keys.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Scores_of_points_are_those_of_the_averaged_generator()
    {
        var options = new ExperimentOptions { Data = "ring8", Normalization = DiscriminatorNormalization.None, Features = 32, Latent = 2,
            Steps = 300, ScoreSamples = 10_000, Average = 0.9, GeneratorRate = 1e-3, DiscriminatorRate = 1e-3 };
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
    [InlineData("ring8", "frechet", "The score frechet is not for ring8: it is of pictures")]
    [InlineData("two-moons", "modes", "of a mixture's modes")]
    [InlineData("fashion-mnist-small:train", "shine", "There is no score 'shine'; there are auto, modes")]
    public void A_score_that_does_not_fit_the_data_is_refused(string data, string scores, string problem) =>
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => new ExperimentOptions { Data = data,
            Scores = scores }.Validate()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("scores=estimate loss=hinge", "with the loss hinge it tells none")]
    [InlineData("scores=overfitting pack=3", "packs of 3")]
    [InlineData("scores=overfitting data=.", "set heldOut")]
    [InlineData("scoreSamples=3", "must be 0 or at least 10")]
    public void Scores_that_cannot_be_taken_are_refused_before_the_run_begins(string changes, string problem) =>
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => ExperimentJson.With(Pictures with { HeldOut = 0 },
            changes.Split(' ')).Validate()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_divergence_is_kept_and_not_trained_again()
    {
        var run = RunFolder.Create(_folder["diverging"],
            Pictures with { Loss = "wasserstein", Optimizer = OptimizerKind.GradientDescent, GeneratorRate = 1e9, DiscriminatorRate = 1e9,
            Steps = 50 });
        var error = Assert.Throws<TrainingDivergedException>(() => ExperimentRun.Train(run).Count());
        Assert.True(run.IsFinished && !run.IsDone);
        var again = Assert.Throws<TrainingDivergedException>(() => ExperimentRun.Train(RunFolder.Open(run.Path)).Count());
        Assert.Equal((error.Step, error.Quantity), (again.Step, again.Quantity));
        Assert.Contains("when this folder was trained", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_cannot_train_one_run()
    {
        var run = RunFolder.Create(_folder["run"], Pictures with { Scores = "losses" });
        foreach (var _ in ExperimentRun.Train(run).Take(1))
        {
            Assert.Contains("trained by another process",
                Assert.Throws<DataFileException>(() => ExperimentRun.Train(RunFolder.Open(run.Path)).First()).Message,
                StringComparison.Ordinal);
        }

        Assert.Equal(4, ExperimentRun.Train(run).Count());
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<(long Step, IReadOnlyDictionary<string, double> Values)> Train(string name, ExperimentOptions options)
    {
        var run = RunFolder.Create(_folder[name], options);
        Assert.Equal(options.Steps, ExperimentRun.Train(run).Count());
        return run.Scores.Read();
    }
}
