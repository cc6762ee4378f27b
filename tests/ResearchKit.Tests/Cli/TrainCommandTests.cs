using ResearchKit.Imaging;
using ResearchKit.Models;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public sealed class TrainCommandTests : IDisposable
{
    private readonly EverythingRun _runs = new();

    [Fact]
    public void Killed_twenty_times_it_ends_with_the_bytes_of_the_run_that_was_not()
    {
        Assert.Equal(0, _runs.Train("--out", "whole").ExitCode);
        Assert.Equal(20, _runs.Kill("broken", 20, seed: 4, out _));
        File.WriteAllText(_runs["broken/log.jsonl.0.part"], "what a kill in the middle of writing leaves");
        Assert.Equal(0, _runs.Train("--out", "broken", "--resume").ExitCode);
        Assert.Equal(_runs.Hashes("whole"), _runs.Hashes("broken"));
        Assert.Equal(Events("whole"), Events("broken"));

        IEnumerable<(string, long, float)> Events(string run) =>
            EventFile.Folder(_runs[$"{run}/events"]).Select(e => (e.Tag, e.Step, e.Number));
    }

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    public void An_interrupted_run_writes_a_checkpoint_says_so_and_can_be_gone_on_with(int signal)
    {
        Signals.Require();
        var interrupted = _runs.Train(
            process =>
            {
                _runs.WaitForCheckpoint(process, "run");
                Signals.Send(process, signal);
            },
            "--out", "run", "--steps", "15");
        Assert.Equal(130, interrupted.ExitCode);
        Assert.Matches(@"^interrupted after step \d+: a checkpoint is written, and `train --out run --resume` goes on\.$",
            interrupted.Error.Trim().Split('\n')[^1]);
        var resumed = _runs.Train("--out", "run", "--resume", "--steps", "15");
        Assert.Equal(0, resumed.ExitCode);
        Assert.Contains("resumed after step", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(EverythingRun.Undisturbed("15"), _runs.Hashes("run"));
        Assert.Contains("done already", _runs.Train("--out", "run", "--resume", "--steps", "15").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_its_parent_ignores_an_interrupt_a_run_does_too_and_still_heeds_a_request_to_end()
    {
        Signals.Require();
        var ended = _runs.Train(
            ["sh", "-c", "trap '' INT; exec \"$0\" \"$@\""], // as a script does for its background jobs: a Ctrl-C is not meant for them
            process =>
            {
                _runs.WaitForCheckpoint(process, "run");
                Signals.Send(process, Signals.Interrupt);
                _runs.WaitForCheckpoint(process, "run", _runs.Newest("run"));
                Signals.Send(process, Signals.Terminate);
            },
            "--out", "run");
        Assert.Equal(130, ended.ExitCode);
        Assert.Contains("a checkpoint is written", ended.Error, StringComparison.Ordinal);
    }

    // One's own images: options are chosen and told, --resume goes on with them, and other networks are refused as ever.
    [Fact]
    public void A_folder_gets_options_that_fit_it_and_goes_on_with_them()
    {
        for (var i = 0; i < 40; i++)
        {
            Directory.CreateDirectory(_runs["images"]);
            var pixels = new byte[8 * 8 * 3];
            new Random(i).NextBytes(pixels);
            File.WriteAllBytes(_runs[$"images/{i:00}.png"], PngFile.Encode(pixels, 8, 8, 3));
        }

        string[] line = ["train", "stylegan2", "--data", "images", "--size", "8", "--out", "run", "--set", "scores=losses"];
        var run = ProgramRun.ResearchKit(_runs.Path, null, [.. line, "--hours", "1e-9", "--set", "threads=1"]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("  batch=32: 4096 / side, at most 32", run.Error, StringComparison.Ordinal);
        Assert.Contains("  steps=1: in 0 h (--hours) at ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("  threads=", run.Error, StringComparison.Ordinal);
        Assert.Contains("done already", ProgramRun.ResearchKit(_runs.Path, null, [.. line, "--resume"]).Error, StringComparison.Ordinal);
        var other = ProgramRun.ResearchKit(_runs.Path, null, ["train", "r3gan", .. line[2..], "--resume"]);
        Assert.Contains("the run in this folder has other options (", other.Error, StringComparison.Ordinal);
        var hours = ProgramRun.ResearchKit(_runs.Path, null, "train", "--out", "run", "--resume", "--hours", "2");
        Assert.Contains("--hours is for a run that begins with new networks", hours.Error, StringComparison.Ordinal);
        var sweep = ProgramRun.ResearchKit(_runs.Path, null, "sweep", "stylegan2", "--set", "data=images", "--set", "imageSize=8", "--set",
            "steps=2", "--set", "scores=losses", "--set", "features=8", "--seeds", "0..1", "--out", "sweep");
        Assert.True(sweep.ExitCode == 0, sweep.Error); // its runs compare: nothing is chosen in them
    }

    [Theory]
    [InlineData(2, "There is no preset 'dcgam'", "train", "dcgam", "--out", "x")]
    [InlineData(2, "--out is missing", "train", "ring8")]
    [InlineData(2, "--hours is for the presets stylegan2 and r3gan with a folder of images", "train", "ring8", "--out", "x",
        "--hours", "2")]
    [InlineData(2, "--out is missing", "train", "--resume")]
    [InlineData(2, "There is no option 'gamma'", "train", "ring8", "--out", "x", "--set", "gamma=1")]
    [InlineData(2, "The option generatorRate is called generatorLearningRate now.", "train", "ring8", "--out", "x", "--set",
        "generatorRate=1")]
    [InlineData(2, "There is no normalization 'spectralnorm'; there are auto, None, Batch, Instance, Layer, Spectral.", "train", "ring8",
        "--out", "x", "--set", "normalization=spectralnorm")]
    [InlineData(2, "Networks by name are mlp, dcgan,", "train", "dcgam", "--out", "x")]
    [InlineData(2, "Say what to train", "train", "--data", "ring8", "--out", "x")]
    [InlineData(2, "The option batch is 0; it must be", "train", "ring8", "--out", "x", "--set", "batch=0")]
    [InlineData(2, "The option threads is 100000; it must be a whole number in [1, 256], or none.", "train", "ring8", "--out", "x", "--set",
        "threads=100000")]
    [InlineData(2, "There are no data 'nowhere'", "train", "dcgan", "--data", "nowhere", "--out", "x")]
    [InlineData(2, "--seed must be a whole number, not 'abc'.", "train", "ring8", "--out", "x", "--seed", "abc")]
    [InlineData(2, "weightClip bounds weights", "train", "dcgan-fashion", "--set", "weightClip=1", "--set", "normalization=Spectral",
        "--dry-run")]
    [InlineData(2, "it is written as PNG, so give it a name that ends in .png.", "sample", "x", "--grid", "x.jpg")]
    [InlineData(1, "no such preset file", "train", "absent.json", "--out", "x")]
    [InlineData(1, "there is no run in this folder", "train", "--resume", "--out", "x")]
    public void Wrong_lines_are_one_sentence(int exitCode, string problem, params string[] arguments) =>
        ProgramRun.ResearchKit(_runs.Path, null, arguments).IsOneSentence(exitCode, problem);

    [Fact]
    public void What_is_asked_of_a_resumed_run_counts_or_is_refused_by_name()
    {
        Assert.Equal(0, _runs.Train("--out", "done", "--steps", "1").ExitCode);
        Refused("holds a run already", 1, "--out", "done", "--steps", "1");

        Assert.NotEqual(0, _runs.Train(process => { _runs.WaitForCheckpoint(process, "run"); process.Kill(); }, "--out", "run", "--steps",
            "9", "--set", "gridEvery=none").ExitCode);
        Refused("it can only be made longer", 2, "--out", "run", "--resume", "--steps", "8");
        Refused("(r1 is exponential(0.5, 0.05, 50), asked is 0.5; noise is", 1, "--out", "run", "--resume", "--steps", "9", "--set",
            "r1=0.5", "--set", "noise=none");
        Refused("(gridEvery is none, asked is 3)", 1, "--out", "run", "--resume", "--steps", "9", "--set", "gridEvery=3");
        // with the folder's own options
        var resumed = ProgramRun.ResearchKit(_runs.Path, null, "train", "--out", "run", "--resume", "--set", "checkpointEvery=1000");
        Assert.Equal(0, resumed.ExitCode);
        Assert.Contains("checkpointEvery is 1000 from here on; it was 1.", resumed.Error, StringComparison.Ordinal);
        Assert.Contains("\"resumedWith\"", File.ReadAllText(_runs["run/run.json"]), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(_runs["run/checkpoints"]), f => f.Contains("step-000000008", StringComparison.Ordinal));
        Assert.Equal(["step-000000009.png"], Directory.GetFiles(_runs["run/samples"]).Select(Path.GetFileName)); // the last step's

        void Refused(string problem, int exitCode, params string[] arguments) => _runs.Train(arguments).IsOneSentence(exitCode, problem);
    }

    [Fact]
    public void Presets_are_listed()
    {
        var run = ProgramRun.ResearchKit(_runs.Path, null, "train");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("dcgan-fashion", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_says_what_would_be_done_and_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        folder.PutMany("set/cats", 9, width: 30, height: 20);
        folder.PutMany("set/dogs", 7, from: 100);
        File.WriteAllText(folder["set/cats/notes.md"], "no image");
        var run = ProgramRun.ResearchKit(folder.Path, null, "train", "dcgan", "--data", "set", "--size", "64", "--set", "batch=8", "--set",
            "features=4", "--set", "fit=pad", "--dry-run", "--out", "run");
        Assert.Equal(0, run.ExitCode);
        var lines = run.Output.Split('\n');
        Assert.Equal("data      set: 16 images to train on", lines[0]);
        Assert.StartsWith("left out  1 file with the ending '.md', as notes.md", lines[1], StringComparison.Ordinal);
        Assert.Equal("size      64 x 64 pixels, colour: scaled to fit 64 x 64, the rest black (fit=pad)", lines[2]);
        Assert.Equal("classes   cats (9), dogs (7); the networks are not told them (conditional=false)", lines[3]);
        Assert.StartsWith("networks  dcgan: G has ", lines[4], StringComparison.Ordinal);
        Assert.StartsWith("time      ", lines[6], StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void The_networks_are_listed_and_shown_with_their_parameters()
    {
        var list = ProgramRun.ResearchKit(_runs.Path, null, "architectures");
        Assert.All(Architectures.All.Names, name => Assert.Contains($"{name} ", list.Output, StringComparison.Ordinal));
        var one = ProgramRun.ResearchKit(_runs.Path, null, "architectures", "dcgan", "--size", "64", "--channels", "3");
        Assert.EndsWith("dcgan: G has 3,576,704 parameters, D 2,765,568\n", one.Output, StringComparison.Ordinal);
        Assert.Contains("(1, 64, 32, 32)", one.Output, StringComparison.Ordinal);
        ProgramRun.ResearchKit(_runs.Path, null, "architectures", "mlp", "--classes", "3").IsOneSentence(2, "cannot be told classes");
    }

    public void Dispose() => _runs.Dispose();
}
