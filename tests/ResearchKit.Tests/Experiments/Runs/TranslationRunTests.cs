using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Files;
using ResearchKit.Imaging;
using ResearchKit.Support;
using ResearchKit.Training;

namespace ResearchKit.Tests.Experiments.Runs;

/// <summary>Runs of cyclegan and pix2pix in folders.</summary>
public sealed class TranslationRunTests : IDisposable
{
    private static readonly ExperimentOptions Cycle = new ExperimentOptions().With("architecture=cyclegan",
        "data=emoji-tones-32:half-a:yellow", "dataB=emoji-tones-32:half-b:dark", "features=2", "layers=1", "batch=4",
        "loss=least-squares", "steps=6", "checkpointEvery=2", "logEvery=1", "gridEvery=3", "scoreEvery=3", "poolSize=6");

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string[], string> Refused => new()
    {
        { ["dataB=none"], "cyclegan learns from two sets of images: name the one that goes in with --data (data), and the one that" },
        { ["augment=ada"], "The option augment has no meaning for cyclegan: leave it at none." },
        { ["r1=1"], "The option r1 has no meaning for cyclegan: leave it at none." },
        { ["latent=64"], "The option latent has no meaning for cyclegan: leave it at auto." },
        { ["l1Weight=10"], "The option l1Weight has no meaning for cyclegan: leave it at 100." },
        { ["adversarial=false"], "The option adversarial has no meaning for cyclegan: leave it at true." },
        { ["architecture=pix2pix", "poolSize=50"], "pix2pix halves images at least twice: set layers to 2 or more, or to auto." },
        { ["architecture=cyclegan-unet", "layers=4", "imageSize=40"], "is a multiple of 16 and at least 32 pixels, not 40" },
        { ["architecture=pix2pix", "layers=auto", "poolSize=50", "imageSize=48"], "a power of two of at least 32 pixels, not 48" },
        { ["dataB=ring8"], "cyclegan translates images, and ring8 are none" },
        { ["imageSize=30"], "whose side is a multiple of 4 and at least 32 pixels, not 30" },
        { ["dataB=emoji-faces-32:train", "scores=pairs"],
            "no test images of emoji-tones-32:half-a:yellow and emoji-faces-32:train are known to be partners" },
        { ["scores=frechet"], "The score frechet is not for" },
        { ["architecture=auto", "layers=auto", "poolSize=50"], "The option dataB is for trainings from image to image" },
        { ["data=photos:left"], "There are no data 'photos:left': there is no such folder here" },
        { ["cropFrom=31"], "The option cropFrom is 31, and squares of 32 pixels are cut out of the images: give as many pixels or more" },
        { ["cycleWeight=-1"], "The option cycleWeight is -1; it must be" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_does_not_fit_is_refused_before_anything_is_read(string[] changes, string problem)
    {
        var error = Assert.Throws<ArgumentException>(() => RunFolder.Create(_folder["run"], Cycle.With(changes)));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.False(RunFolder.Exists(_folder["run"]));
    }

    [Theory]
    [InlineData]
    [InlineData("architecture=cyclegan-unet", "layers=3", "data=emoji-tones-32:half-a+half-b:yellow")]
    [InlineData("architecture=pix2pix", "layers=3", "poolSize=50", "dataB=emoji-tones-32:half-a:dark", "adversarial=false")]
    [InlineData("architecture=pix2pix", "layers=auto", "poolSize=50", "dataB=emoji-tones-32:half-a:dark")]
    [InlineData("architecture=pix2pix", "layers=3", "poolSize=50", "dataB=emoji-tones-32:half-a:dark", "cropFrom=36", "mirror=true")]
    public void A_run_that_was_left_ends_with_the_bytes_of_one_that_was_not(params string[] changes)
    {
        var options = Cycle.With(changes);
        _ = ExperimentRun.Train(RunFolder.Create(_folder["straight"], options), withPlan: false).Count();
        var left = RunFolder.Create(_folder["left"], options);
        _ = ExperimentRun.Train(left, withPlan: false).Take(3).Count();
        Assert.Equal([5, 6], Left().Select(s => s.Step).TakeLast(2));
        foreach (var file in (string[])["generator.safetensors", "log.jsonl", "scores.jsonl", "samples/step-000000006.png"])
        {
            Assert.Equal(File.ReadAllBytes(_folder[$"straight/{file}"]), File.ReadAllBytes(_folder[$"left/{file}"]));
        }

        var scores = RunFolder.Open(_folder["left"]).Scores.Read()[^1].Values;
        Assert.Equal(["l1", "retrieval", "l1OfInput", "retrievalOfInput"], scores.Keys);
        Assert.Equal(0.2455, scores["l1OfInput"], 0.0001); // yellow against dark; computed by NumPy from the files too
        Assert.Equal(33.0 / 38, scores["retrievalOfInput"], 1e-9);
        var logged = RunFolder.Open(_folder["left"]).Log.Read().First().Step;
        Assert.InRange(logged.ReconstructionLoss, 0.01, 4);
        Assert.Equal(options.Networks.Architecture != "pix2pix", !double.IsNaN(logged.IdentityLoss));

        List<StepReport> Left() => [.. ExperimentRun.Train(RunFolder.Open(_folder["left"]), withPlan: false)];
    }

    /// <summary>As many test images are not partners yet: 38 smileys and 38 people of a tone.</summary>
    [Fact]
    public void Only_declared_partners_are_scored_as_pairs()
    {
        static string Auto(params string[] changes) => Assert.Single(ScoreKinds.Of(Cycle.With(changes))).Name;
        Assert.Equal("pairs", Auto());
        Assert.Equal("losses", Auto("data=emoji-faces-32:train:smiley", "dataB=emoji-faces-32:train:person-light"));
        Assert.Equal("pairs", Auto("data=emoji-noto-64:train", "dataB=emoji-twemoji-64:train"));
    }

    [Fact]
    public void It_begins_with_new_networks_and_draws_nothing_from_noise()
    {
        using var start = RunGenerator.NetworksOf(PretrainedGenerators.Resolve("pretrained:faces"));
        Assert.Contains("leave --from out", Assert.Throws<ArgumentException>(() => RunFolder.Create(_folder["run"], Cycle, start)).Message,
            StringComparison.Ordinal);
        var run = RunFolder.Create(_folder["run"], Cycle);
        Assert.Contains("has learned to translate images", Assert.Throws<DataFileException>(() => RunGenerator.Load(run)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Partners_must_be_as_many_and_grey_into_colour_has_no_identity_loss()
    {
        var pairs = Cycle.With("architecture=pix2pix", "layers=auto", "poolSize=50", "dataB=emoji-tones-32:test:dark");
        Assert.Contains("there are 116 images in emoji-tones-32:half-a:yellow and 38 in emoji-tones-32:test:dark",
            Assert.Throws<ArgumentException>(() => TranslationExperiment.Build(pairs)).Message, StringComparison.Ordinal);
        var grey = Cycle.With("dataB=fashion-mnist-small:test", "imageSize=32");
        Assert.Contains("set identityWeight to none, or bring both to one with channels.",
            Assert.Throws<ArgumentException>(() => TranslationExperiment.Build(grey)).Message, StringComparison.Ordinal);
        using var built = TranslationExperiment.Build(grey.With("identityWeight=none", "scores=losses"));
        Assert.Equal(1, built.Training.Run(1).Single().Step);
    }

    /// <summary>A folder as pix2pix's users have it: input and output side by side in each file, here wider than 2 : 1.</summary>
    [Theory]
    [InlineData(512)]
    [InlineData(0)] // decoded again for each batch
    public void Halves_of_one_folder_are_pairs_and_cut_alike(int memory)
    {
        const int Width = 90, Height = 40;
        Directory.CreateDirectory(_folder["ab"]);
        for (var i = 0; i < 6; i++)
        {
            // noise whose halves are the same: partners are equal for as long as they are treated alike
            var half = new byte[Height * Width / 2 * 3];
            new Random(i).NextBytes(half);
            var rows = half.Chunk(Width / 2 * 3);
            File.WriteAllBytes(_folder[$"ab/{i}.png"], PngFile.Encode([.. rows.SelectMany(r => r.Concat(r))], Width, Height, 3));
        }

        var data = _folder["ab"];
        var options = new ExperimentOptions().With("architecture=pix2pix", $"data={data}:left", $"dataB={data}:right", "imageSize=32",
            "cropFrom=36", "mirror=true", "features=2", "batch=2", "heldOut=2", "scores=losses", "steps=4", $"memory={memory}");
        using var built = TranslationExperiment.Build(options);
        Assert.Equal((4, 2, 32), (built.Summary!.Images, built.Summary.HeldOut, built.Summary.Shape.Size));
        Assert.Contains("of which 32 x 32 are cut out where chance has it", built.Summary.SizeRule, StringComparison.Ordinal);
        var (a, b) = built.HeldOut();
        using (a)
        using (b)
        {
            Assert.Equal([2, 3, 32, 32], a.shape);
            Assert.Equal(a.Floats(), b.Floats());
        }

        var (inputs, outputs) = built.Batches;
        for (var i = 0; i < 8; i++) // two epochs
        {
            using var input = inputs.Next();
            using var output = outputs.Next();
            Assert.Equal([2, 3, 32, 32], input.Samples.shape);
            Assert.Equal(input.Samples.Floats(), output.Samples.Floats());
        }

        Assert.Equal(4, built.Training.Run(4).Count());
    }

    public void Dispose() => _folder.Dispose();
}
