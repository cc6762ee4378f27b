using ResearchKit.Data;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public sealed class TranslateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Translates_sets_and_folders_of_images_of_any_size()
    {
        var options = new ExperimentOptions().With("architecture=cyclegan", "data=emoji-tones-32:half-a:yellow",
            "dataB=emoji-tones-32:half-b:dark", "features=2", "layers=1", "batch=4", "loss=least-squares", "steps=1", "scores=losses");
        _ = ExperimentRun.Train(RunFolder.Create(_folder["run"], options), withPlan: false).Count();

        Assert.Contains("38 images written to there", Works("run", "emoji-tones-32:test:yellow", "--folder", "there", "--grid", "t.png"));
        Works("run/generator.safetensors", "emoji-tones-32:test:dark", "--back", "--folder", "back");
        using var there = ImageFolder.Read(_folder["there"], new ImageFolderOptions { Size = 32 });
        Assert.Equal([38, 3, 32, 32], there.Images.shape);
        using var sheet = ImageFolder.Read(_folder.Path, new ImageFolderOptions()); // 5 rows of images, 5 of translations
        Assert.Equal(20 + (10 * 66) + 2, sheet.Height);

        var measured = Works("run", "emoji-tones-32:test:yellow", "--truth", "emoji-tones-32:test:dark", "--network", "faces-32",
            "--beside", "run/generator.safetensors", "--grid", "t3.png");
        Assert.Matches(@"the inputs as they are +0\.2455 +0\.8684 +\d", measured);
        Assert.Matches(@"histogram matching +0\.3514 \(\+0\.1059 \[\+", measured);
        Assert.Equal(Values("run "), Values("run/generator.safetensors "));
        Assert.Contains("There and back: L1 ", measured);

        string Values(string row) => measured.Split('\n').Single(l => l.StartsWith(row, StringComparison.Ordinal))[row.Length..].Trim();

        Directory.CreateDirectory(_folder["mixed"]);
        File.Copy(_folder["t.png"], _folder["mixed/a.png"]);
        File.Copy(_folder["there/000000.png"], _folder["mixed/b.png"]);
        Assert.Contains("2 images written", Works("run", "mixed", "--folder", "out"));

        Fails(2, "Say what the translations are for", "run", "mixed");
        Fails(2, "give that with --truth", "run", "mixed", "--folder", "out", "--beside", "run");
        Fails(2, "mixed has 2 images and emoji-tones-32:test:dark 38", "run", "mixed", "--truth", "emoji-tones-32:test:dark");
        RunFolder.Create(_folder["begun"], options);
        Fails(1, "begun: this run is not done, and has no generators to translate with yet", "begun", "mixed", "--grid", "x.png");
        Fails(2, "name their side with --size", "run/generator.safetensors", "mixed", "--grid", "x.png");
        Fails(1, "no generators from image to image", "pretrained.safetensors", "mixed", "--grid", "x.png");
        Assert.Contains("draw.html written", Works("page", "run", "draw.html", "--back", "--examples", "mixed", "--title", "T"));
        Assert.Contains("1.html written (2.0 MB)", Works("page", "pretrained:sketches", "1.html")); // its run tells the size
        Assert.Contains("<title>T</title>", File.ReadAllText(_folder["draw.html"]));
        Fails(2, "name their side with --size", "page", "run/generator.safetensors", "x.html");
        Fails(2, "a multiple of 4 pixels, not 30", "page", "run", "x.html", "--size", "30");
        Fails(1, "this run has learned to translate images", "sample", "run", "--grid", "x.png");
        Fails(1, "these generators translate images", "sample", "pretrained:tones", "--grid", "x.png");
    }

    private string Works(params string[] arguments)
    {
        var run = Run(arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output;
    }

    private void Fails(int code, string message, params string[] arguments)
    {
        var faces = Path.Combine(Repository.Root, "data", "pretrained", "faces.safetensors");
        File.Copy(faces, _folder["pretrained.safetensors"], overwrite: true);
        var run = Run(arguments);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(code, run.ExitCode);
    }

    private (int ExitCode, string Output, string Error) Run(string[] arguments)
    {
        var run = ProgramRun.ResearchKit(_folder.Path, null, arguments[0] is "sample" or "page" ? arguments : ["translate", .. arguments]);
        return (run.ExitCode, run.Output, run.Error);
    }

    public void Dispose() => _folder.Dispose();
}
