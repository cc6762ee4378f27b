using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Building;

/// <summary>The kit's words, and a text file of one's own.</summary>
public sealed class TextDataTests : IDisposable
{
    private static readonly string[] Small = ["features=2", "latent=4", "batch=4", "loss=wasserstein", "gradientPenalty=10",
        "discriminatorSteps=2"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_text_file_is_trained_on_and_says_what_it_left_out()
    {
        File.WriteAllLines(_folder["a.txt"], ["über", "allen", "gipfeln", "ist ruh", new string('x', 40)]);
        using var experiment = Build("a.txt", "batch=2");
        Assert.Equal("text-wgan-gp", experiment.NetworksName);
        Assert.Equal((4, 0, 8, 17), (experiment.Summary!.Images, experiment.Summary.HeldOut, experiment.Shape.Size,
            experiment.Shape.Vocabulary!.Count)); // 15 letters, the space, the padding
        Assert.Equal(["1 line longer than 32 characters"], experiment.Summary.LeftOut);
        Assert.Equal(2, experiment.Trainer.Run(2).Last().Step);
    }

    [Fact]
    public void Held_out_lines_are_others_and_the_same_for_every_seed()
    {
        File.WriteAllLines(_folder["a.txt"], Enumerable.Range(0, 12).Select(i => $"line {i}"));
        using var first = Build("a.txt", "heldOut=4", "samples=6");
        using var second = Build("a.txt", "heldOut=4", "samples=6", "seed=9");
        Assert.Equal((6, 4, 2), (first.Summary!.Images, first.Summary.HeldOut, first.Summary.Unused));
        var (text, other) = (first.Data.Text!, second.Data.Text!);
        Assert.Equal(text.HeldOut!.Lines, other.HeldOut!.Lines);
        Assert.Empty(text.HeldOut.Lines.Intersect(text.Training.Lines));
        Assert.Equal((6, 4, 12), (text.Training.Count, text.HeldOut.Count, text.Whole.Count));
        Refused("The option samples asks for all lines and heldOut for 12, but a.txt has 12: take fewer.", "heldOut=12");
        Refused("The option samples asks for 20 lines and heldOut for 0, but a.txt has 12: take fewer.", "samples=20");
        Refused("The option batch is 16, but a.txt has 8 lines to train on: set batch to 8 or less.", "heldOut=4", "batch=16");

        void Refused(string problem, params string[] more) => Assert.Equal(problem, Assert.Throws<ArgumentException>(() =>
            Build("a.txt", more)).Message.Replace(_folder.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
    }

    [Fact]
    public void Words_come_in_two_parts_and_of_a_shorter_length_only_the_short_ones()
    {
        using var all = Build(null, "data=words");
        Assert.Equal((46_858, 5_332, 12, 27), (all.Summary!.Images, all.Summary.HeldOut, all.Shape.Size, all.Shape.Vocabulary!.Count));
        using var some = Build(null, "data=words", "imageSize=4", "samples=100", "heldOut=50");
        Assert.Equal((100, 50, 4), (some.Summary!.Images, some.Summary.HeldOut, some.Shape.Size));
        Assert.All(some.Data.Text!.Whole.Lines, line => Assert.InRange(line.Length, 3, 4));
        Assert.Equal("The option heldOut asks for 6000 lines, but words holds out 5332: take fewer.",
            Assert.Throws<ArgumentException>(() => Build(null, "data=words", "heldOut=6000")).Message);
    }

    [Theory]
    [InlineData("fit=Pad", "The option fit is for sets of images, and words is none; leave it away.")]
    [InlineData("channels=1", "The option channels is for sets of images, and words is none")]
    [InlineData("rate=8000", "The option rate is for sounds, and words is none; leave it away.")]
    [InlineData("scale=2", "The option scale is for mixtures of Gaussians")]
    [InlineData("imageSize=2", "words: none of its 52190 lines has at most 2 characters (the shortest has 3)")]
    [InlineData("architecture=wavegan", "The architecture wavegan is for sounds, and the data are lines: choose auto.")]
    [InlineData("scores=notes", "The score notes is not for words; for it there are ngrams, words, losses.")]
    [InlineData("conditional=true", "The architecture text-wgan-gp cannot be told classes")]
    [InlineData("phaseShuffle=2", "The architecture text-wgan-gp has no choice of phaseShuffle")]
    [InlineData("augment=diff", "changes images, shape (B, C, H, W), but the batches have shape (4, 27, 12)")]
    [InlineData("data=words:train", "The data set words holds lines of text and no images; to train on them write words alone.")]
    public void What_does_not_go_with_text_is_refused(string changes, string problem) =>
        Assert.Contains(problem, Assert.ThrowsAny<Exception>(() =>
        {
            var options = new ExperimentOptions().With([.. Small, "data=words", .. changes.Split(' ')]);
            RunFolder.Check(options);
            Experiment.Build(options).Dispose(); // what is known when the parts are there
        }).Message, StringComparison.Ordinal);

    [Fact]
    public void A_run_of_words_is_scored_and_shown_and_resumes_to_the_same_bytes()
    {
        string[] options = ["data=words", "samples=200", "heldOut=100", .. Small, "steps=6", "checkpointEvery=2", "gridEvery=3",
            "scoreEvery=3", "scores=ngrams, words, losses", "scoreSamples=50"];
        const string shown = "samples/step-000000006.txt";
        var whole = CutRun.AsWhole(_folder, new ExperimentOptions().With(options), "best.safetensors", shown, "samples/step-000000003.txt");
        var scores = whole.Scores.Read()[^1].Values;
        Assert.Equal((1, 1, 1, 0), (scores["wordsReal"], scores["heldOutWordsReal"], scores["distinctReal"], scores["copiedReal"]));
        Assert.InRange(scores["lengthReal"], 6, 9);
        Assert.All((string[])["1", "2", "3", "4"], n => Assert.InRange(scores[$"jsd{n}"], scores[$"jsd{n}Floor"], 1)); // untrained
        Assert.Equal(0, scores["words"], 0.1);
        Assert.Equal(64, File.ReadAllLines(Path.Combine(whole.Path, shown)).Length);
        Assert.Equal("abcdefghijklmnopqrstuvwxyz", RunFolder.Open(whole.Path).Shape!.Vocabulary!.Characters);
    }

    [Fact]
    public void Without_held_out_lines_the_training_is_its_own_measure()
    {
        File.WriteAllLines(_folder["a.txt"], Enumerable.Range(0, 12).Select(i => $"line {i}"));
        var run = RunFolder.Create(_folder["run"], new ExperimentOptions().With([.. Small, $"data={_folder["a.txt"]}", "steps=1",
            "scoreSamples=10"]));
        Assert.Single(ExperimentRun.Train(run));
        var scores = run.Scores.Read()[^1].Values;
        Assert.Equal((1, true, 1), (scores["wordsReal"], double.IsNaN(scores["heldOutWords"]), scores["copiedReal"]));
    }

    [Fact]
    public void Lines_that_changed_stop_a_run_that_goes_on()
    {
        File.WriteAllLines(_folder["a.txt"], ["one", "two", "six"]);
        var options = new ExperimentOptions().With([.. Small, $"data={_folder["a.txt"]}", "batch=2", "steps=2", "checkpointEvery=1"]);
        var run = RunFolder.Create(_folder["run"], options);
        Assert.Equal(1, ExperimentRun.Train(run).First().Step);
        File.WriteAllLines(_folder["a.txt"], ["one", "two", "ten"]);
        Assert.Contains("the lines of", Assert.Throws<DataFileException>(() => ExperimentRun.Train(RunFolder.Open(run.Path)).Count())
            .Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_are_not_translated() =>
        Assert.Contains("cyclegan translates images, and words are none", Assert.Throws<ArgumentException>(() =>
            RunFolder.Check(new ExperimentOptions().With("architecture=cyclegan", "data=words", "dataB=words"))).Message,
            StringComparison.Ordinal);

    private Experiment Build(string? file, params string[] more) => Experiment.Build(new ExperimentOptions().With(
        [.. Small, .. file is null ? (string[])[] : [$"data={_folder[file]}"], .. more]));
}
