using System.Diagnostics;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

/// <summary>A sweep on a cluster, with programs in the places of sbatch and scontrol that do what those would have done;
/// ResearchKit.Benchmarks/slurm.sh asks a real Slurm.</summary>
[Collection<ProgramTests>]
public sealed class SweepSlurmTests : IDisposable
{
    private const int User1 = 10; // of Linux

    // Runs the tasks one after the other, each into its output, and keeps their exit codes.
    private const string Sbatch = """
        #!/bin/bash
        out=$(sed -n 's/^#SBATCH --output=//p' "$1" | tr -d '"')
        for range in $(sed -n 's/^#SBATCH --array=\([0-9,-]*\).*/\1/p' "$1" | tr , ' '); do
            for task in $(seq "${range%-*}" "${range#*-}"); do
                file=${out//%A/7} && file=${file//%a/$task}
                SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=$task bash "$1" > "$file" 2>&1
                printf '%s:%s ' "$task" $? >> codes
            done
        done
        echo "Submitted batch job 7"

        """;

    private static readonly string[] Grid = ["sweep", "ring8", "--seeds", "0", "--set", "r1=0.01,1", "--set", "features=16", "--set",
        "checkpointEvery=100000", "--set", "logEvery=10", "--set", "scoreEvery=50", "--steps", "50"];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;

    public SweepSlurmTests()
    {
        _environment = new() { ["PATH"] = $"{_folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}" };
        Directory.CreateDirectory(_folder["bin"]);
        Program("sbatch", Sbatch);
        Program("scontrol", "#!/bin/sh\necho \"$@\" >> scontrol.txt\n");
    }

    [Fact]
    public void As_an_array_it_gives_the_table_of_one_process_and_tells_of_each_run()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Slurm is Linux's");
        var dry = Run(Grid, "--out", "my array", "--slurm", "--dry-run", "--time", "9");
        Assert.Contains("#SBATCH --array=1-2\n", dry.Output, StringComparison.Ordinal);
        Assert.Contains("#SBATCH --time=9\n", dry.Output, StringComparison.Ordinal);
        Assert.Equal(2, dry.Output.Split('\n').Count(l => l.EndsWith("--resume", StringComparison.Ordinal)));
        Assert.False(Directory.Exists(_folder["my array"]));
        Assert.Equal("2 runs: 2 waiting\n1  waiting   r1=0.01/seed-0\n2  waiting   r1=1/seed-0\n", Status());

        Directory.CreateDirectory(_folder["my array/r1=1/seed-0/log.jsonl"]); // no log can be written
        var first = Run(Grid, "--out", "my array", "--slurm", "--jobs", "3");
        Assert.Equal((0, "Submitted batch job 7\n"), (first.ExitCode, first.Output));
        Assert.Contains("#SBATCH --array=1-2%3\n", File.ReadAllText(_folder["my array/slurm.sh"]), StringComparison.Ordinal);
        Assert.Equal("1:0 2:1 ", File.ReadAllText(_folder["codes"]));
        Assert.StartsWith("2 runs: 1 done, 1 failed\n1  done      r1=0.01/seed-0  50 steps\n2  failed    r1=1/seed-0     no checkpoint " +
            "yet: ", Status(), StringComparison.Ordinal);
        Assert.Contains("log.jsonl: the log cannot be written", Status(), StringComparison.Ordinal);

        Directory.Delete(_folder["my array/r1=1"], recursive: true);
        Assert.Equal(0, Run(Grid, "--out", "my array", "--slurm").ExitCode);
        Assert.Contains("#SBATCH --array=2\n", File.ReadAllText(_folder["my array/slurm.sh"]), StringComparison.Ordinal);
        Assert.StartsWith("2 runs: 2 done\n", Status(), StringComparison.Ordinal);
        Assert.Contains("all 2 runs are done", Run(Grid, "--out", "my array", "--slurm").Error, StringComparison.Ordinal);
        Assert.Equal("1:0 2:1 2:0 ", File.ReadAllText(_folder["codes"]));

        Assert.Equal(0, Run(Grid, "--out", "my array", "--collect").ExitCode);
        Assert.Equal(0, Run(Grid, "--out", "plain").ExitCode);
        Assert.All((string[])["results.csv", "results.md"], file =>
            Assert.Equal(File.ReadAllBytes(_folder[$"plain/{file}"]), File.ReadAllBytes(_folder[$"my array/{file}"])));

        // A list that has changed is no longer the array's: line 1 could be any run.
        File.AppendAllText(_folder["my array/runs.txt"], "true\n");
        var (code, output) = Task(1, _ => { });
        Assert.Equal(1, code);
        Assert.Contains("runs.txt is not as it was when this array was submitted", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(User1, 0)]
    [InlineData(Signals.Terminate, 130)]
    public void A_task_that_is_told_to_end_writes_a_checkpoint_and_before_the_time_limit_is_queued_again(int signal, int exitCode)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Slurm is Linux's");
        string[] longer = [.. Grid[..^1], "100000"];
        Program("sbatch", "#!/bin/sh\n");
        Assert.Equal(0, Run(longer, "--out", "my array", "--slurm").ExitCode);
        var (code, output) = Task(1, process =>
        {
            EverythingRun.Wait(process, () => File.Exists(_folder["my array/r1=0.01/seed-0/log.jsonl"]));
            var second = Task(1, _ => { });
            Assert.Equal(0, second.ExitCode); // no failure of the run
            Assert.Contains("this run is being trained by another process", second.Output, StringComparison.Ordinal);
            Assert.Contains("Slurm job 7_1)", second.Output, StringComparison.Ordinal);
            Assert.Contains("left to the process that trains it", second.Output, StringComparison.Ordinal);
            Signals.Send(process, signal);
        });
        Assert.Contains("a checkpoint is written", output, StringComparison.Ordinal);
        Assert.Equal(exitCode, code);
        Assert.Equal(signal == User1, File.Exists(_folder["scontrol.txt"]));
        if (signal == User1)
        {
            Assert.Equal("requeue 7_1\n", File.ReadAllText(_folder["scontrol.txt"]));
        }

        Assert.Contains("1  begun     r1=0.01/seed-0  checkpoint at step ", Run(longer, "--out", "my array", "--status").Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "--mem is for --slurm", "--mem", "8G")]
    [InlineData(2, "--dry-run is for --slurm: say --slurm, or leave it out; --list prints the runs that are left", "--dry-run")]
    [InlineData(2, "--list and --slurm are 2 things: name one", "--list", "--slurm")]
    [InlineData(2, "--list and --status and --collect are 3 things", "--list", "--status", "--collect")]
    [InlineData(2, "--time must be one word, as sbatch takes it, not '4 h'", "--slurm", "--time", "4 h")]
    [InlineData(2, "--cpus must be a whole number from 1 on, not 'all'", "--slurm", "--cpus", "all")]
    [InlineData(2, "--sbatch takes an option of sbatch, as --sbatch=--account=NAME, not 'x'", "--slurm", "--sbatch", "x")]
    public void Wrong_lines_are_one_sentence(int exitCode, string problem, params string[] arguments) =>
        Run(Grid, ["--out", "x", .. arguments]).IsOneSentence(exitCode, problem);

    [Fact]
    public void Without_sbatch_or_with_one_that_refuses_the_script_is_there_and_that_is_said()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Slurm is Linux's");
        Program("sbatch", "#!/bin/sh\necho 'sbatch: error: invalid partition specified: x' >&2\nexit 1\n");
        var refused = Run(Grid, "--out", "x", "--slurm", "--partition", "x");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("slurm.sh: sbatch does not take it (sbatch: error: invalid partition specified: x); change the options",
            refused.Error, StringComparison.Ordinal);
        _environment["PATH"] = _folder["absent"];
        var without = Run(Grid, "--out", "x", "--slurm");
        Assert.Equal(1, without.ExitCode);
        Assert.Contains("slurm.sh: it is written, but there is no sbatch on the PATH", without.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["x/slurm.sh"]));
    }

    public void Dispose() => _folder.Dispose();

    private ProgramRun Run(string[] grid, params string[] arguments) =>
        ProgramRun.ResearchKit(_folder.Path, _environment, [.. grid, .. arguments]);

    private string Status() => Run(Grid, "--out", "my array", "--status").Output;

    // As Slurm starts a task.
    private (int ExitCode, string Output) Task(int number, Action<Process> meanwhile)
    {
        var start = new ProcessStartInfo("bash", [_folder["my array/slurm.sh"]])
        {
            WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment =
            {
                ["PATH"] = _environment["PATH"], ["SLURM_ARRAY_JOB_ID"] = "7",
                ["SLURM_ARRAY_TASK_ID"] = number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            meanwhile(process);
        }
        finally
        {
            if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return (process.ExitCode, output.Result + error.Result);
    }

    private void Program(string name, string text)
    {
        File.WriteAllText(_folder[$"bin/{name}"], text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder[$"bin/{name}"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
