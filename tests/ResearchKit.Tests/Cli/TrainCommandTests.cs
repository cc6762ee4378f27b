using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments;
using ResearchKit.Models;
using ResearchKit.Support;
using ResearchKit.Training.Schedules;

namespace ResearchKit.Tests.Cli;

public sealed class TrainCommandTests : IDisposable
{
    // Every part with a state of its own: packs, spectral norm, lazy R1 on a schedule, LeCam, smoothing, ADA, noise, an average by half-life, schedules.
    private static readonly ExperimentOptions Everything = new()
    {
        Data = "fashion-mnist-small:train", Samples = 64, Features = 4, Latent = 8, Batch = 8, Pack = 2, Steps = 60, LogEvery = 1, CheckpointEvery = 1, GridEvery = 20, MinibatchDeviation = 2,
        Normalization = DiscriminatorNormalization.Spectral, R1 = new ExponentialSchedule(0.5, 0.05, 50), PenaltyEvery = 3, LeCam = 0.1, LabelSmoothing = 0.1, Augment = "ada", AdaSpeed = 200,
        Noise = new LinearSchedule(0.2, 0, 60), AverageHalfLife = 100, GeneratorRate = new CosineSchedule(1e-3, 1e-4, 60), DiscriminatorSteps = 2, GradientClip = 5,
    };

    private readonly TemporaryFolder _folder = new();

    public TrainCommandTests() => File.WriteAllText(_folder["mine.json"], $$"""{"title": "everything at once", "options": {{ExperimentJson.Write(Everything)}}}""");

    [Fact]
    public void Killed_twenty_times_it_ends_with_the_bytes_of_the_run_that_was_not()
    {
        Assert.Equal(0, Run(_ => { }, "--out", "whole").ExitCode);
        var random = new Random(4);
        var kills = 0;
        while (kills < 20 && !File.Exists(_folder[Path.Combine("broken", "generator.safetensors")]))
        {
            var before = Manifests();
            var run = Run(
                process =>
                {
                    Wait(process, () => Manifests() != before);
                    Thread.Sleep(random.Next(40)); // some of these fall into the writing of the next checkpoint
                    process.Kill();
                },
                "--out", "broken", "--resume");
            kills += run.ExitCode == 0 ? 0 : 1;
        }

        Assert.Equal(20, kills);
        File.WriteAllText(_folder["broken/log.jsonl.0.part"], "what a kill in the middle of writing leaves");
        Assert.Equal(0, Run(_ => { }, "--out", "broken", "--resume").ExitCode);
        Assert.Equal(Hashes("whole"), Hashes("broken"));

        string? Manifests() => Directory.Exists(_folder["broken/checkpoints"]) ? Directory.GetFiles(_folder["broken/checkpoints"], "*.json").Max(StringComparer.Ordinal) : null;
    }

    [Fact]
    public void An_interrupted_run_writes_a_checkpoint_says_so_and_can_be_gone_on_with()
    {
        var interrupted = Run(
            process =>
            {
                Wait(process, () => File.Exists(_folder["run/log.jsonl"]));
                System.Diagnostics.Process.Start("kill", ["-INT", $"{process.Id}"])!.WaitForExit();
            },
            "--out", "run", "--set", "checkpointEvery=1000");
        Assert.Equal(130, interrupted.ExitCode);
        Assert.Single(Directory.GetFiles(_folder["run/checkpoints"], "*.json"));
        var resumed = Run(_ => { }, "--out", "run", "--resume", "--set", "checkpointEvery=1000");
        Assert.Equal(0, resumed.ExitCode);
        Assert.Contains("resumed after step", resumed.Error, StringComparison.Ordinal);
        Assert.Contains("done already", Run(_ => { }, "--out", "run", "--resume").Error, StringComparison.Ordinal);

        Assert.Equal(0, ProgramRun.ResearchKit(_folder.Path, null, "sample", "run", "--count", "9", "--grid", "nine.png", "--folder", "nine").ExitCode);
        using var nine = ImageFolder.Read(_folder["nine"], new ImageFolderOptions { Channels = 1 });
        Assert.Equal([9, 1, 28, 28], nine.Images.shape); // as the network draws them, so that metrics can score them
        Assert.True(File.Exists(_folder["nine.png"]));
    }

    [Theory]
    [InlineData(2, "There is no preset 'dcgam'", "train", "dcgam", "--out", "x")]
    [InlineData(2, "--out is missing", "train", "ring8")]
    [InlineData(2, "There is no option 'gamma'", "train", "ring8", "--out", "x", "--set", "gamma=1")]
    [InlineData(1, "no such preset file", "train", "absent.json", "--out", "x")]
    [InlineData(1, "there is no run in this folder", "sample", ".", "--grid", "x.png")]
    [InlineData(2, "Say where the samples go", "sample", "x")]
    public void Wrong_lines_are_one_sentence(int exitCode, string problem, params string[] arguments)
    {
        var run = ProgramRun.ResearchKit(_folder.Path, null, arguments);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Trim().Split('\n'));
    }

    [Fact]
    public void A_folder_with_another_run_is_left_alone()
    {
        Assert.Equal(0, Run(_ => { }, "--out", "run", "--steps", "1").ExitCode);
        var again = Run(_ => { }, "--out", "run", "--steps", "1");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("holds a run already", again.Error, StringComparison.Ordinal);
        Assert.Contains("has other options", Run(_ => { }, "--out", "run", "--resume", "--steps", "2").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Presets_are_listed()
    {
        var run = ProgramRun.ResearchKit(_folder.Path, null, "train");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("dcgan-fashion", run.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    // Looks again and again, since what is waited for is a moment in the life of another process.
    private static void Wait(System.Diagnostics.Process process, Func<bool> reached)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!process.HasExited && !reached())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "the training makes no progress");
            Thread.Sleep(1);
        }
    }

    private ProgramRun Run(Action<System.Diagnostics.Process> meanwhile, params string[] arguments) =>
        ProgramRun.ResearchKit(_folder.Path, null, meanwhile, ["train", "mine.json", .. arguments]);

    private Dictionary<string, string> Hashes(string run) => Directory.GetFiles(_folder[run], "*", SearchOption.AllDirectories)
        .Where(f => Path.GetFileName(f) != "run.json") // it names the environment
        .ToDictionary(f => Path.GetRelativePath(_folder[run], f), DataCatalog.Sha256Of);
}
