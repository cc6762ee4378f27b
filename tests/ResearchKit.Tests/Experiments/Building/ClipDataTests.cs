using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Building;

/// <summary>Moving shapes, and one's own folder of clips.</summary>
public sealed class ClipDataTests : IDisposable
{
    private static readonly string[] Small = ["features=1", "batch=4", "frames=10"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("judges=Frames")]
    [InlineData("judges=Clips generatorBatches=1")]
    [InlineData("redrawContent=true averageDecay=0.9")]
    [InlineData("noise=0.1 loss=hinge pack=2")]
    public void A_run_of_shapes_is_scored_and_shown_and_resumes_to_the_same_bytes(string changes)
    {
        string[] options = ["data=moving-shapes", "samples=40", "heldOut=20", .. Small, "steps=6", "checkpointEvery=2", "gridEvery=3",
            "scoreEvery=3", "scores=tracks, changes, losses", "scoreSamples=16",
            .. changes.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        const string grid = "samples/step-000000006.png", film = "samples/step-000000006.film.png";
        var whole = CutRun.AsWhole(_folder, new ExperimentOptions().With(options), "best.safetensors", grid, film);
        var scores = whole.Scores.Read()[^1].Values;
        Assert.Equal((0, 0, 1), (scores["frozenReal"], scores["lostReal"], scores["constancyReal"]));
        Assert.InRange(scores["shapeErrorReal"], 0, 0.02);
        Assert.InRange(scores["shapeError"], 0.3, 20); // untrained
        Assert.True(scores["speedDistance"] > 3 * scores["speedDistanceFloor"]);
        Assert.Equal(10, PngFrames.Decode(File.ReadAllBytes(Path.Combine(whole.Path, film))).Frames.Count);
        Assert.Equal(16 * 66 + 2, PngFrames.Decode(File.ReadAllBytes(Path.Combine(whole.Path, grid))).Height); // a row a clip
    }

    [Fact]
    public void A_folder_of_clips_is_trained_on_with_some_held_out_and_what_is_left_out_told()
    {
        for (var i = 0; i < 6; i++)
        {
            _folder.PutMany($"set/{i}", 10, from: 20 * i);
        }

        _folder.PutMany("set/short", 4);
        using var experiment = Build("heldOut=2");
        Assert.Equal((4, 2, 0), (experiment.Summary!.Images, experiment.Summary.HeldOut, experiment.Summary.Unused));
        Assert.StartsWith("1 clip of fewer than 10 frames, as short with 4", Assert.Single(experiment.Summary.LeftOut),
            StringComparison.Ordinal);
        Assert.Equal([4, 3, 10, 32, 32], experiment.Shape.Batch(4));
        Assert.Equal("mocogan", experiment.NetworksName);
        Assert.Equal(2, experiment.Trainer.Run(2).Last().Step);
        using var other = Build("heldOut=2", "seed=5");
        Assert.Equal(experiment.Data.HeldOutClips!.Fingerprint(), other.Data.HeldOutClips!.Fingerprint());
        Assert.Contains("The option batch is 8, but", Assert.Throws<ArgumentException>(() => Build("batch=8").Dispose()).Message,
            StringComparison.Ordinal);
        Assert.Contains("not one of its 7 clips has 12 frames; the longest, 0, has 10: take fewer (frames).",
            Assert.Throws<DataFileException>(() => Build("frames=12").Dispose()).Message, StringComparison.Ordinal);
        Assert.Contains("10 frames of 32 x 32 pixels, colour: the first 10 frames of each clip; of each frame the middle square",
            RunPlan.Try(experiment).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Clips_that_changed_stop_a_run_that_goes_on_and_a_generator_can_be_had_from_a_checkpoint()
    {
        for (var i = 0; i < 4; i++)
        {
            _folder.PutMany($"set/{i}", 10, from: 20 * i);
        }

        var options = new ExperimentOptions().With([.. Small, $"data={_folder["set"]}:clips", "steps=2", "checkpointEvery=1"]);
        var run = RunFolder.Create(_folder["run"], options);
        Assert.Equal(1, ExperimentRun.Train(run).First().Step);
        using (var generator = RunGenerator.Load(RunFolder.Open(run.Path)))
        {
            Assert.Equal(10, ((ResearchKit.Models.IClipGenerator)generator.Generator).Frames);
        }

        _folder.PutMany("set/3", 10, from: 100);
        Assert.Contains("the clips of", Assert.Throws<DataFileException>(() => ExperimentRun.Train(RunFolder.Open(run.Path)).Count())
            .Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("channels=1", "The option channels is for sets of images")]
    [InlineData("fit=Pad", "The option fit is for sets of images")]
    [InlineData("frameStep=2", "The option frameStep is for folders of clips, and moving-shapes is none; leave it away.")]
    [InlineData("mirror=true", "The option mirror is for sets of images")]
    [InlineData("imageSize=8", "The option imageSize is 8, and shapes need 16 pixels or more to be told apart.")]
    [InlineData("imageSize=48", "A MoCoGAN makes frames of 32, 64 or 128 pixels, not 48")]
    [InlineData("frames=9", "needs 10 frames or more, not 9")]
    [InlineData("latent=5", "The architecture mocogan has no choice of latent")]
    [InlineData("architecture=dcgan", "The architecture dcgan is for images, and the data are clips: choose auto.")]
    [InlineData("data=ring8 heldOut=none features=auto architecture=mlp", "The option frames is for clips, and ring8 is none")]
    [InlineData("data=nowhere:clips", "there is no such folder")]
    [InlineData("scores=notes", "The score notes is not for moving-shapes; for it there are tracks, changes, losses.")]
    [InlineData("conditional=true", "The architecture mocogan cannot be told classes")]
    [InlineData("r1=1", "D has batch normalisation")]
    [InlineData("augment=diff", "changes images, shape (B, C, H, W), but the batches have shape (4, 1, 10, 32, 32)")]
    public void What_does_not_go_with_clips_is_refused(string changes, string problem) =>
        Assert.Contains(problem, Assert.ThrowsAny<Exception>(() =>
        {
            var options = new ExperimentOptions().With([.. Small, "data=moving-shapes", "samples=8", "heldOut=4", .. changes.Split(' ')]);
            RunFolder.Check(options);
            Experiment.Build(options).Dispose(); // what is known when the parts are there
        }).Message, StringComparison.Ordinal);

    private Experiment Build(params string[] more) => Experiment.Build(new ExperimentOptions().With(
        [.. Small, $"data={_folder["set"]}:clips", .. more]));
}
