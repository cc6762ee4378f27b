using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>Judges the monitor of collapse on runs that it knows nothing about, labelled by what it does not see.</summary>
internal static class CollapseSweep
{
    public static Command Command()
    {
        var first = Arguments.Option("--first-seed", 3, "The seeds are this one and those after it. " +
            "Thresholds were chosen on 100 and up; an earlier monitor was judged on points of 0 to 2.");
        var seeds = Arguments.Option("--seeds", 5, "How many seeds.");
        var only = Arguments.Option("--only", "", "Only runs with one of these, separated by commas, in their names.");
        var runs = Arguments.Option("--runs", "artifacts/collapse", "The folder of the runs; those that are done are judged from their " +
            "samples, not trained again: after a change of the cases take another.");
        var every = Arguments.Option("--every", 250, $"Steps from one look to the next, a multiple of {CollapseRecording.Spacing}.");
        var at = new Option<int?>("--at")
        {
            Description = "Judge every run after this many steps, not after those of its way; ways that end before are left out.",
        };
        var show = new Option<bool>("--show") { Description = "Print what the monitor saw in each look, and what was true." };
        var file = new Option<string?>("--out") { Description = "A CSV file for the table of runs." };
        var command = new Command("collapse-monitor",
            "Trains games that stay healthy or collapse, and tells how well the collapse monitor says which does what.")
        {
            first, seeds, only, runs, every, at, show, file,
        };
        every.Validators.Add(r => Require(r, r.GetValueOrDefault<int>() is > 0 and var n && n % CollapseRecording.Spacing == 0,
            $"--every must be a multiple of {CollapseRecording.Spacing}."));
        at.Validators.Add(r => Require(r, r.GetValueOrDefault<int?>() is null or >= 250, "--at must be at least 250."));
        command.SetAction(p =>
        {
            Directory.CreateDirectory(p.GetValue(runs)!);
            using var truths = new CollapseTruths();
            var cases = CollapseCase.All(p.GetValue(first), p.GetValue(seeds))
                .Where(c => p.GetValue(only)!.Split(',').Any(o => c.Name.Contains(o, StringComparison.Ordinal)))
                .Where(c => c.Judged >= (p.GetValue(at) ?? 0))
                .Select(c => c with { At = p.GetValue(at) });
            var outcomes = cases.Select(c => Outcome(c, p.GetValue(runs)!, truths, p.GetValue(every), p.GetValue(show))).ToList();
            if (p.GetValue(file) is { } path)
            {
                File.WriteAllText(path, CollapseTables.Csv(outcomes));
            }

            Console.Write(CollapseTables.Of(outcomes));
        });
        return command;
    }

    private static CollapseOutcome Outcome(CollapseCase at, string folder, CollapseTruths truths, int every, bool show)
    {
        var watch = Stopwatch.StartNew();
        using var run = CollapseRecording.Of(at with { At = null }, folder, truths); // whole, wherever it is judged
        using var monitor = Watch(at, run, every);
        var outcome = new CollapseOutcome(at, CollapseLabel.Of(at, run.Truths), monitor.Verdict,
            run.Truths.LastOrDefault(t => t.Step <= at.Judged));
        Console.WriteLine($"{watch.Elapsed.TotalSeconds,5:0} s {at.Name,-26} {outcome.Label,-16} " +
            $"{(outcome.Label == outcome.Said ? " " : "!")} {outcome.Verdict}");
        if (show)
        {
            Console.Write(CollapseTables.Looks(run.Truths, monitor.History));
        }

        return outcome;
    }

    private static void Require(OptionResult result, bool holds, string problem)
    {
        if (!holds)
        {
            result.AddError(problem);
        }
    }

    // The monitor sees the samples in their order, and nothing else.
    private static CollapseMonitor Watch(CollapseCase at, CollapseRecording run, int every)
    {
        using var real = CollapseGame.RealOf(at);
        var step = 0;
        var monitor = new CollapseMonitor(() => run.Looks[Math.Max(0, (step / CollapseRecording.Spacing) - 1)].clone(), real, every);
        var end = Math.Min(at.Judged, run.Looks.shape[0] * CollapseRecording.Spacing);
        for (step = CollapseRecording.Spacing; step <= end; step += CollapseRecording.Spacing)
        {
            monitor.Observe(new StepReport(step, 0, TimeSpan.Zero, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        }

        return monitor;
    }
}
