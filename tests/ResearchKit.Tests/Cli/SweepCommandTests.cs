using System.Diagnostics;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public sealed class SweepCommandTests : IDisposable
{
    private static readonly string[] Grid = ["sweep", "ring8", "--seeds", "0..2", "--set", "r1=0.01,1", "--set", "features=16", "--set",
        "checkpointEvery=20", "--set", "scoreEvery=100", "--steps", "200"];

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Interrupted_twice_or_run_as_a_job_array_it_gives_the_table_of_the_whole_one()
    {
        Signals.Require();
        var whole = Sweep([], "--out", "whole", "--jobs", "2");
        Assert.Equal(0, whole.ExitCode);
        Assert.Contains("| r1=1 | 3 | 0 |", whole.Output, StringComparison.Ordinal);

        Assert.Equal(130, Sweep([Signals.Interrupt], "--out", "broken").ExitCode);
        Assert.NotEqual(0, Sweep([Signals.Kill], "--out", "broken").ExitCode);
        var last = Sweep([], "--out", "broken");
        Assert.Equal(0, last.ExitCode);
        Assert.Equal(whole.Output, last.Output);
        Assert.Equal(File.ReadAllText(_folder["whole/results.csv"]), File.ReadAllText(_folder["broken/results.csv"]));
        Assert.Equal(13, File.ReadLines(_folder["broken/results.csv"]).Count()); // 2 settings, 3 seeds, 2 moments

        var written = Directory.GetFiles(_folder["whole"], "generator.safetensors", SearchOption.AllDirectories)
            .Max(File.GetLastWriteTimeUtc);
        Assert.Contains("6 done already", Sweep([], "--out", "whole").Error, StringComparison.Ordinal);
        Assert.Equal(written, Directory.GetFiles(_folder["whole"], "generator.safetensors", SearchOption.AllDirectories)
            .Max(File.GetLastWriteTimeUtc));

        var commands = Sweep([], "--out", "array", "--list").Output.Trim().Split('\n');
        Assert.Equal(6, commands.Length);
        Assert.Contains("5 of 6 runs are missing", OneOf(commands), StringComparison.Ordinal);
        foreach (var command in commands)
        {
            Assert.Equal(0, Shell(command));
        }

        Assert.Empty(Sweep([], "--out", "array", "--list").Output);
        Assert.Equal(whole.Output, Sweep([], "--out", "array", "--collect").Output);
        Assert.Equal(File.ReadAllText(_folder["whole/results.csv"]), File.ReadAllText(_folder["array/results.csv"]));
    }

    [Theory]
    [InlineData(2, "--seeds must be like 0..4", "sweep", "ring8", "--out", "x", "--seeds", "many")]
    [InlineData(2, "more than 100000 seeds", "sweep", "ring8", "--out", "x", "--seeds", "0..99999999999")]
    [InlineData(2, "must go upwards", "sweep", "ring8", "--out", "x", "--seeds", "4..0")]
    [InlineData(2, "There is no option 'gamma'", "sweep", "ring8", "--out", "x", "--set", "gamma=1,2")]
    [InlineData(2, "There is no preset 'ring9'", "sweep", "ring9", "--out", "x")]
    [InlineData(2, "has no variant 'x'", "sweep", "stability", "--only", "x", "--out", "x")]
    [InlineData(2, "The option scale is 0; it must be a finite number above 0", "sweep", "ring8", "--set", "scale=0", "--list",
        "--out", "x")]
    [InlineData(2, "There is no architecture 'big'", "sweep", "ring8", "--set", "architecture=big", "--list", "--out", "x")]
    [InlineData(2, "--out is missing", "sweep", "ring8")]
    [InlineData(2, "name one", "sweep", "ring8", "--out", "x", "--list", "--collect")]
    [InlineData(1, "5 of 5 runs are missing", "sweep", "ring8", "--out", "x", "--collect")]
    public void Wrong_lines_are_one_sentence(int exitCode, string problem, params string[] arguments) =>
        ProgramRun.ResearchKit(_folder.Path, null, arguments).IsOneSentence(exitCode, problem);

    [Fact]
    public void Batched_seeds_fill_the_folders_and_what_cannot_be_batched_is_trained_run_by_run()
    {
        string[] line = ["sweep", "ring8", "--seeds", "0..1", "--set", "features=8", "--set", "normalization=None,Spectral", "--set",
            "batch=16", "--set", "scoreSamples=500", "--set", "samples=500", "--steps", "20", "--out", "both"];
        var sweep = ProgramRun.ResearchKit(_folder.Path, null, [.. line, "--batched"]);
        Assert.Equal(0, sweep.ExitCode);
        Assert.Contains("normalization=None: 2 seeds as one", sweep.Error, StringComparison.Ordinal);
        Assert.Contains("SpectralLinear is no part of these", sweep.Error, StringComparison.Ordinal);
        Assert.Contains("| normalization=None | 2 | 0 |", sweep.Output, StringComparison.Ordinal);
        Assert.Contains("| normalization=Spectral | 2 | 0 |", sweep.Output, StringComparison.Ordinal);
        Assert.StartsWith("4 runs: 4 done", ProgramRun.ResearchKit(_folder.Path, null, [.. line, "--status"]).Output,
            StringComparison.Ordinal);
        Assert.Contains("batchedSeeds", File.ReadAllText(_folder["both/normalization=None/seed-1/run.json"]), StringComparison.Ordinal);
        Assert.Contains("\"generatorGradientNorm\":null", File.ReadAllText(_folder["both/normalization=None/seed-1/log.jsonl"]),
            StringComparison.Ordinal); // a batch does not measure it
        Assert.DoesNotContain("batchedSeeds", File.ReadAllText(_folder["both/normalization=Spectral/seed-1/run.json"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_fails_is_told_and_the_others_are_done()
    {
        var sweep = ProgramRun.ResearchKit(_folder.Path, null, "sweep", "ring8", "--seeds", "0", "--set", "features=16", "--set",
            "batch=64,999999", "--steps", "5", "--out", "half");
        Assert.Equal(1, sweep.ExitCode);
        Assert.Contains("batch=999999/seed-0: batchSize", sweep.Error.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.Contains("| batch=64 | 1 | 0 |", sweep.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    // With signals, ends the sweep by each when the second run has begun.
    private ProgramRun Sweep(int[] signals, params string[] arguments) => ProgramRun.ResearchKit(
        _folder.Path,
        null,
        process =>
        {
            foreach (var signal in signals)
            {
                var runs = Runs();
                EverythingRun.Wait(process, () => Runs() >= runs + 2);
                Signals.Send(process, signal);
            }
        },
        [.. Grid, .. arguments]);

    private int Runs() =>
        Directory.Exists(_folder["broken"]) ? Directory.GetFiles(_folder["broken"], "log.jsonl", SearchOption.AllDirectories).Length : 0;

    private string OneOf(string[] commands)
    {
        Assert.Equal(0, Shell(commands[3]));
        return Sweep([], "--out", "array", "--collect").Error;
    }

    // As a job of an array would: each line in a shell of its own.
    private int Shell(string command)
    {
        var program = $"{DotnetHost.FullPath} {Path.Combine(ProgramRun.Binaries, "ResearchKit.Cli.dll")}";
        var start = new ProcessStartInfo("sh",
            ["-c", $"researchkit() {{ {program} \"$@\"; }}; {command}"]) { WorkingDirectory = _folder.Path, RedirectStandardError = true,
            RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
