using ResearchKit.Data.Sounds;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Building;

/// <summary>Plucked notes, and one's own folder of sounds.</summary>
public sealed class SoundDataTests : IDisposable
{
    private const int Length = 4096;

    private static readonly string[] Small = ["features=1", "latent=4", "batch=4", "loss=wasserstein", "gradientPenalty=10",
        "discriminatorSteps=2"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_of_sounds_of_unequal_lengths_rates_and_a_broken_one_is_trained_on()
    {
        Put("long.wav", 3 * Length, 16000);
        Put("short.wav", 100, 16000);
        Put("slow.wav", Length, 8000);
        Put("below/fast.wav", Length, 44100);
        File.WriteAllText(_folder["set/broken.wav"], "no sound");
        using var experiment = Build("set", "batch=2");
        Assert.Equal("wavegan", experiment.NetworksName);
        Assert.Equal((4, 0, 16000, Length), (experiment.Summary!.Images, experiment.Summary.HeldOut, experiment.Shape.Rate,
            experiment.Shape.Size));
        Assert.Contains("broken.wav", Assert.Single(experiment.Summary.LeftOut), StringComparison.Ordinal);
        Assert.Equal(2, experiment.Trainer.Run(2).Last().Step);
    }

    [Fact]
    public void Held_out_sounds_are_others_and_the_same_for_every_seed()
    {
        for (var i = 0; i < 12; i++)
        {
            Put($"{i}.wav", 64, 16000, 0.01f * (i + 1));
        }

        using var first = Build("set", "heldOut=4", "samples=6");
        using var second = Build("set", "heldOut=4", "samples=6", "seed=9");
        Assert.Equal((6, 4, 2), (first.Summary!.Images, first.Summary.HeldOut, first.Summary.Unused));
        Assert.Equal(Values(first.Data.HeldOutSounds!), Values(second.Data.HeldOutSounds!));
        Assert.Empty(Values(first.Data.HeldOutSounds!).Intersect(Values(first.Data.TrainingSounds!)));
        Refused("The option samples asks for all sounds and heldOut for 12, but set has 12: take fewer.", "heldOut=12");
        Refused("The option batch is 16, but set has 8 sounds to train on: set batch to 8 or less.", "heldOut=4", "batch=16");

        float[] Values(SoundSet set) => [.. Enumerable.Range(0, (int)set.Count).Select(i => set.Samples(i)[0])];
        void Refused(string problem, params string[] more) => Assert.Equal(problem, Assert.Throws<ArgumentException>(() =>
            Build("set", more)).Message.Replace(_folder.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
    }

    /// <summary>Where no sounds are held out, one half of those trained on is scored against the other: both hold every class.</summary>
    [Fact]
    public void Scores_look_at_sounds_of_every_folder()
    {
        for (var i = 0; i < 40; i++)
        {
            Put($"{(i < 20 ? "a" : "b")}/{i:D2}.wav", 64, 16000, i < 20 ? 0.1f : 0.2f);
        }

        using var experiment = Build("set");
        var scored = experiment.Data.TrainingSounds!;
        Assert.Equal(40, scored.Count);
        Assert.InRange(Enumerable.Range(0, 20).Count(i => scored.Samples(i)[0] < 0.15f), 4, 16);
    }

    [Theory]
    [InlineData("fit=Pad", "The option fit is for sets of images, and notes is none; leave it away.")]
    [InlineData("channels=1", "The option channels is for sets of images, and notes is none")]
    [InlineData("scale=2", "The option scale is for mixtures of Gaussians")]
    [InlineData("rate=8000", "The option rate is 8000, and the overtones of notes need 10000 or more.")]
    [InlineData("imageSize=5000", "A WaveGAN makes sounds of 4096, 16384 or 65536 samples, not 5000: choose one")]
    [InlineData("architecture=dcgan", "The architecture dcgan is for images, and the data are sounds: choose auto.")]
    [InlineData("scores=frechet", "The score frechet is not for notes; for it there are notes, spectrum, losses.")]
    [InlineData("conditional=true", "The architecture wavegan cannot be told classes")]
    [InlineData("features=auto layers=3", "The architecture wavegan has no choice of layers")]
    [InlineData("augment=diff", "changes images, shape (B, C, H, W), but the batches have shape (4, 1, 4096)")]
    public void What_does_not_go_with_sounds_is_refused(string changes, string problem) =>
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() =>
        {
            var options = new ExperimentOptions().With([.. Small, "data=notes", .. changes.Split(' ')]);
            RunFolder.Check(options);
            Experiment.Build(options).Dispose(); // what is known when the parts are there
        }).Message, StringComparison.Ordinal);

    [Fact]
    public void Sounds_are_not_translated() =>
        Assert.Contains("cyclegan translates images, and notes are none", Assert.Throws<ArgumentException>(() =>
            RunFolder.Check(new ExperimentOptions().With("architecture=cyclegan", "data=notes", "dataB=notes"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_option_rate_is_for_sounds() =>
        Assert.Contains("The option rate is for sounds, and ring8 is none; leave it away.", Assert.Throws<ArgumentException>(() =>
            RunFolder.Check(new ExperimentOptions().With("data=ring8", "rate=8000"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_run_of_notes_is_scored_shown_and_heard_and_resumes_to_the_same_bytes()
    {
        string[] options = ["data=notes", "samples=40", "heldOut=20", .. Small, "steps=6", "checkpointEvery=2", "gridEvery=3",
            "scoreEvery=3", "scores=notes, spectrum, losses", "scoreSamples=16"];
        const string grid = "samples/step-000000006.png", sounds = "samples/step-000000006.wav";
        var whole = CutRun.AsWhole(_folder, new ExperimentOptions().With(options), "best.safetensors", grid, sounds,
            "samples/step-000000003.wav");
        var scores = whole.Scores.Read()[^1].Values;
        Assert.Equal((1, true), (scores["inTuneReal"], scores["clarityReal"] > 0.98));
        Assert.InRange(scores["noteDistance"], scores["noteDistanceFloor"], 1); // untrained
        Assert.True(scores["logMel"] > 5 * scores["logMelFloor"]);
        Assert.Equal(32 * (Length + 1600), SoundFile.Read(Path.Combine(whole.Path, sounds), 16000).Length); // with the pauses
        Assert.InRange(new FileInfo(Path.Combine(whole.Path, grid)).Length, 5001, long.MaxValue);
    }

    [Fact]
    public void Sounds_that_changed_stop_a_run_that_goes_on()
    {
        Put("a.wav", Length, 16000);
        Put("b.wav", Length, 16000, 0.2f);
        var options = new ExperimentOptions().With([.. Small, $"data={_folder["set"]}", "batch=2", "steps=2", "checkpointEvery=1"]);
        var run = RunFolder.Create(_folder["run"], options);
        Assert.Equal(1, ExperimentRun.Train(run).First().Step);
        Put("b.wav", Length, 16000, 0.3f);
        Assert.Contains("the sounds of", Assert.Throws<DataFileException>(() => ExperimentRun.Train(RunFolder.Open(run.Path)).Count())
            .Message, StringComparison.Ordinal);
    }

    private Experiment Build(string folder, params string[] more) => Experiment.Build(new ExperimentOptions().With(
        [.. Small, $"data={_folder[folder]}", .. more]));

    private void Put(string name, int count, int rate, float value = 0.5f)
    {
        var samples = Enumerable.Range(0, count).Select(i => value * MathF.Cos(0.05f * i)).ToArray();
        SoundFile.Write(_folder[$"set/{name}"], samples, rate);
    }
}
