using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Models;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Experiments.Building;

/// <summary>Lines of the oracle, and SeqGAN on them: by likelihood, with D, and against D.</summary>
public sealed class OracleDataTests : IDisposable
{
    private static readonly string[] Small = ["data=oracle", "architecture=seqgan", "imageSize=6", "samples=64", "heldOut=40", "features=4",
        "filters=4", "batch=8", "rollouts=2"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_makes_lines_without_a_file_the_same_for_every_seed()
    {
        using var first = Build();
        using var second = Build("seed=5");
        Assert.Equal((64, 40, 0, 6, 64), (first.Summary!.Images, first.Summary.HeldOut, first.Summary.Unused, first.Shape.Size,
            first.Shape.Vocabulary!.Count));
        var (text, other) = (first.Data.Text!, second.Data.Text!);
        Assert.Equal(text.HeldOut!.Lines, other.HeldOut!.Lines);
        Assert.Equal(text.Training.Lines, other.Training.Lines);
        Assert.All(text.Whole.Lines, line => Assert.Equal(6, line.Length)); // no padding
        using var oracle = SequenceOracle.OfLines(6);
        using var lines = text.HeldOut.Tokens();
        Assert.InRange(oracle.NegativeLogLikelihood(lines), 2, 3); // they are its own
        using var plain = Experiment.Build(new ExperimentOptions().With("data=oracle", "features=2"));
        Assert.Equal(("text-wgan-gp", 10_000, 2000, 20), (plain.NetworksName, plain.Summary!.Images, plain.Summary.HeldOut,
            plain.Shape.Size));
    }

    [Fact]
    public void A_run_of_all_three_phases_is_scored_and_resumes_to_the_same_bytes()
    {
        string[] options = [.. Small, "loss=minimax", "likelihoodSteps=3", "discriminatorWarmup=1", "discriminatorSteps=2", "steps=6",
            "checkpointEvery=2", "scoreEvery=2", "scores=oracle, ngrams, losses", "scoreSamples=50", "logEvery=1"];
        const string shown = "samples/step-000000006.txt";
        var whole = CutRun.AsWhole(_folder, new ExperimentOptions().With(options), "best.safetensors", shown);
        var scores = whole.Scores.Read()[^1].Values;
        Assert.InRange(scores["nllReal"], 2, 3);
        Assert.InRange(scores["nllUniform"], 5, 8);
        Assert.True(scores["nllGreedy"] < scores["nllReal"]);
        Assert.InRange(scores["nllOracle"], scores["nllReal"] + 1, scores["nllUniform"] + 1); // untrained
        Assert.Equal(Math.Log(64), scores["nllGenerator"], 0.2);
        Assert.Equal((1, 1), (scores["distinct"], scores["distinctReal"]));
        var log = whole.Log.Read().Select(l => l.Step).ToList();
        Assert.Equal([true, true, false, false, false, false], log.Select(s => double.IsNaN(s.DiscriminatorLoss)));
        Assert.All(log, s => Assert.Equal(s.Step <= 3, s.GeneratorLoss > 0)); // -log p, then minus a probability
        var shape = RunFolder.Open(whole.Path).Shape!;
        Assert.Equal((64, false), (shape.Vocabulary!.Count, shape.Vocabulary.IsPadded));
        Assert.All(File.ReadAllLines(Path.Combine(whole.Path, shown)), line => Assert.Equal(6, line.Length));
        using var loaded = GeneratorFile.Load(Path.Combine(whole.Path, "generator.safetensors"));
        Assert.False(((ITextGenerator)loaded).Vocabulary.IsPadded);
    }

    [Fact]
    public void Every_phase_keeps_the_number_of_live_tensors()
    {
        foreach (var phase in (string[])["likelihoodSteps=100", "likelihoodSteps=100 discriminatorWarmup=100", "rewardBaseline=true"])
        {
            using var experiment = Build(phase.Split(' '));
            _ = experiment.Trainer.Run(16).Count(); // epochs of 8 batches
            var before = Tensor.TotalCount;
            _ = experiment.Trainer.Run(16).Count();
            Assert.InRange(Tensor.TotalCount, 0, before); // a collection may free what tests before this one left
        }
    }

    [Fact]
    public void Likelihood_falls_in_few_steps()
    {
        using var experiment = Build("samples=200", "features=16", "likelihoodSteps=80", "beta1=0.9", "generatorLearningRate=0.01");
        var losses = experiment.Trainer.Run(80).Select(s => s.GeneratorLoss).ToList();
        Assert.Equal(Math.Log(64), losses[0], 0.05);
        Assert.InRange(losses.TakeLast(10).Average(), 1, 3.6);
    }

    [Theory]
    [InlineData("latent=6", "The architecture seqgan has no choice of latent: leave that at auto, or choose another architecture.")]
    [InlineData("imageSize=1", "The architecture seqgan needs lines of at least 2 characters, not 1: set imageSize to more.")]
    [InlineData("heldOut=1", "The option heldOut is 1, and the scores of the data oracle need 2 lines or more.")]
    [InlineData("loss=hinge", "SeqGanGenerator draws tokens, and it is rewarded by D's probability, and the logits of this loss give none")]
    [InlineData("pack=2", "SeqGanGenerator draws tokens, and D rewards single lines, and judges packs here: set the pack to 1.")]
    [InlineData("noise=0.1", "D rewards whole lines, which no augmentation or noise may change: leave it out.")]
    [InlineData("architecture=text-wgan-gp filters=none rollouts=2", "Rollouts is for a generator that draws one token after the other")]
    [InlineData("data=words scores=oracle", "The score oracle is not for words; for it there are ngrams, words, losses.")]
    [InlineData("rate=8000", "The option rate is for sounds, and oracle is none; leave it away.")]
    public void What_does_not_go_with_it_is_refused(string changes, string problem) =>
        Assert.Contains(problem, Assert.ThrowsAny<Exception>(() =>
        {
            var options = new ExperimentOptions().With([.. Small, .. changes.Split(' ')]);
            RunFolder.Check(options);
            Experiment.Build(options).Dispose();
        }).Message, StringComparison.Ordinal);

    private static Experiment Build(params string[] more) => Experiment.Build(new ExperimentOptions().With([.. Small, .. more]));
}
