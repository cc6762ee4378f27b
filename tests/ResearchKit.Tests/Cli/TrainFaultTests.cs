using System.Diagnostics;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

/// <summary>Disks that are full and folders that cannot be written, with means that need no rights and that a root user has no way
/// round.</summary>
[Collection<ProgramTests>]
public sealed class TrainFaultTests : IDisposable
{
    private const string Steps = "25";

    private readonly EverythingRun _runs = new();

    public TrainFaultTests() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the limits, /dev/full and capabilities that make these faults are Linux's");

    [Fact]
    public void A_checkpoint_that_finds_no_room_ends_the_run_with_one_sentence()
    {
        // A limit on the length of files: unlike a small file system it takes no rights to set. Its signal would end the process, where a
        // full disk is only told.
        var failed = _runs.Train(
            ["bash", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""],
            process =>
            {
                _runs.WaitForCheckpoint(process, "run");
                Start("prlimit", "--pid", $"{process.Id}", "--fsize=30000");
            },
            "--out", "run", "--steps", Steps);
        Fails(failed, "it would be longer than a file may be here");
        Assert.Empty(Directory.GetFiles(_runs["run"], "*.part", SearchOption.AllDirectories));
        GoesOnToTheSameBytes();
    }

    [Fact]
    public void A_log_that_finds_no_room_ends_the_run_with_one_sentence()
    {
        var failed = _runs.Train(
            process =>
            {
                _runs.WaitForCheckpoint(process, "run");
                Start("ln", _runs["run/log.jsonl"], _runs["log.kept"]);
                File.CreateSymbolicLink(_runs["full"], "/dev/full");
                File.Move(_runs["full"], _runs["run/log.jsonl"], overwrite: true);
            },
            "--out", "run", "--steps", Steps);
        Fails(failed, "No space left on device");
        File.Move(_runs["log.kept"], _runs["run/log.jsonl"], overwrite: true);
        GoesOnToTheSameBytes();
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_sentence()
    {
        // Root may write everywhere: here it is without that right, by which a folder is read-only for it too.
        string[] through = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] : [];
        Assert.NotEqual(0, _runs.Train(process => { _runs.WaitForCheckpoint(process, "run"); process.Kill(); }, "--out", "run", "--steps",
            Steps).ExitCode);
        var before = _runs.Hashes("run");
        Start("chmod", "-R", "a-w", _runs["run"]);
        try
        {
            Fails(_runs.Train(through, _ => { }, "--out", "run", "--resume", "--steps", Steps), "is denied");
            Fails(_runs.Train(through, _ => { }, "--out", "run/new", "--steps", Steps), "is denied");
            Assert.Equal(before, _runs.Hashes("run"));
        }
        finally
        {
            Start("chmod", "-R", "u+w", _runs["run"]);
        }

        GoesOnToTheSameBytes();
    }

    [Fact]
    public void A_run_without_a_checkpoint_that_can_be_used_is_not_begun_again_over_its_log()
    {
        Assert.NotEqual(0, _runs.Train(process => { _runs.WaitForCheckpoint(process, "run",
            after: _runs["run/checkpoints/step-000000004.json"]); process.Kill(); }, "--out", "run", "--steps", Steps).ExitCode);
        var log = File.ReadAllText(_runs["run/log.jsonl"]);
        foreach (var file in Directory.GetFiles(_runs["run/checkpoints"], "*.safetensors"))
        {
            File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
        }

        Refused("none of its checkpoints can be used");
        Directory.Delete(_runs["run/checkpoints"], recursive: true);
        Refused("but there is no checkpoint; put the checkpoints back");
        File.Delete(_runs["run/log.jsonl"]);
        GoesOnToTheSameBytes();

        void Refused(string problem)
        {
            var refused = _runs.Train("--out", "run", "--resume", "--steps", Steps);
            Assert.Equal(1, refused.ExitCode);
            var last = refused.Error.Trim().Split('\n')[^1];
            Assert.StartsWith("error: ", last, StringComparison.Ordinal);
            Assert.Contains(problem, last, StringComparison.Ordinal);
            Assert.Equal(log, File.ReadAllText(_runs["run/log.jsonl"]));
        }
    }

    public void Dispose() => _runs.Dispose();

    private static void Fails(ProgramRun run, string problem)
    {
        Assert.Equal(1, run.ExitCode);
        var lines = run.Error.Trim().Split('\n'); // the plan of the run, then what went wrong
        Assert.Equal(lines[^1], Assert.Single(lines, line => line.StartsWith("error: ", StringComparison.Ordinal)));
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.EndsWith(".", run.Error.Trim(), StringComparison.Ordinal);
    }

    private static void Start(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private void GoesOnToTheSameBytes()
    {
        Assert.Equal(0, _runs.Train("--out", "run", "--resume", "--steps", Steps).ExitCode);
        Assert.Equal(EverythingRun.Undisturbed(Steps), _runs.Hashes("run"));
    }
}
