using System.CommandLine;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Sweeps;
using ResearchKit.Runtime;

namespace ResearchKit.Cli;

/// <summary><c>researchkit sweep PRESET --seeds A..B [--set name=value,value] --out DIR [--jobs N] [--list | --collect]</c>.</summary>
internal static class SweepCommand
{
    public static Command Create()
    {
        var preset = new Argument<string>("preset") { Description = "A preset, or a .json file of your own; where it has variants, each " +
            "is a setting." };
        var seeds = new Option<string>("--seeds") { Description = "Seeds of every setting: 0..4, or 3,5,8.",
            DefaultValueFactory = _ => "0..4" };
        var set = new Option<string[]>("--set") { Description = "Changes an option, as name=value; several values with commas between " +
            "them are an axis of the grid. May come several times.", AllowMultipleArgumentsPerToken = false };
        var only = new Option<string[]>("--only") { Description = "A variant to run; may come several times. All of them when left out.",
            AllowMultipleArgumentsPerToken = false };
        var steps = new Option<int?>("--steps") { Description = "Steps of G in each run." }.AtLeast(1);
        var folder = new Option<string?>("--out") { Description = "The sweep's folder: one folder a run, results.csv, results.md." };
        var jobs = new Option<int>("--jobs") { Description = "Runs at a time.", DefaultValueFactory = _ => 1 }.AtLeast(1);
        var list = new Option<bool>("--list") { Description = "Only prints the runs that are left, one command a line; for a job array " +
            "write them to a file once." };
        var collect = new Option<bool>("--collect") { Description = "Only gathers the folders of runs that are done." };
        var command = new Command("sweep", "Trains a grid of settings and seeds, and compares them. Runs that are done are never " +
            "trained again; begun ones are gone on with.") { preset, seeds, set, only, steps, folder, jobs, list, collect };
        command.SetAction((parsed, cancellation) =>
        {
            var path = parsed.GetValue(folder) ?? throw new UsageException("--out is missing: name a folder for the sweep.");
            var lengths = parsed.GetValue(steps) is { } n ? [$"steps={n}"] : Array.Empty<string>();
            var plan = Plan(parsed.GetValue(preset)!, [.. parsed.GetValue(set) ?? [], .. lengths], SeedList.Parse(parsed.GetValue(seeds)!),
                parsed.GetValue(only) is { Length: > 0 } names ? names : null);
            var runner = new SweepRunner(plan, parsed.GetValue(preset)!, path);
            return (parsed.GetValue(list), parsed.GetValue(collect)) switch
            {
                (true, true) => throw new UsageException("--list and --collect are two things: name one."),
                (true, _) => Task.FromResult(List(runner)),
                (_, true) => Task.FromResult(Collect(plan, path)),
                _ => Run(runner, plan, path, parsed.GetValue(jobs), cancellation),
            };
        });
        return command;
    }

    private static SweepPlan Plan(string preset, string[] axes, long[] seeds, string[]? variants)
    {
        try
        {
            return CommandLine.Named(() => SweepPlan.Create(PresetCatalog.Find(preset), axes, seeds, variants));
        }
        catch (FormatException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static int List(SweepRunner runner)
    {
        foreach (var cell in runner.Left())
        {
            Console.WriteLine(runner.CommandOf(cell));
        }

        return 0;
    }

    private static async Task<int> Run(SweepRunner runner, SweepPlan plan, string path, int jobs, CancellationToken cancellation)
    {
        NativeRuntime.EnsureLoaded(); // what every run needs, told once
        var failures = await runner.RunAsync(jobs, cancellation).ConfigureAwait(false);
        foreach (var (cell, error) in failures)
        {
            await Console.Error.WriteLineAsync($"{cell.Folder}: {error}").ConfigureAwait(false);
        }

        return Collect(plan, path);
    }

    private static int Collect(SweepPlan plan, string path)
    {
        var results = SweepResults.Collect(plan, path);
        results.Save(path);
        Console.Write(SweepSummary.Of(results));
        if (results.Missing.Count == 0)
        {
            return 0;
        }

        Console.Error.WriteLine($"error: {results.Missing.Count} of {plan.Cells.Count} runs are missing; the first: " +
            $"{results.Missing[0].Problem}");
        return ExitCode.Failed;
    }
}
