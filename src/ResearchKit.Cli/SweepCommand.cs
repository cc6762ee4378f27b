using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Cli;

internal static class SweepCommand
{
    public static Command Create()
    {
        var preset = Given<string>("preset", "A preset, or a .json file of your own; where it has variants, each is a setting.");
        var seeds = Value<string>("--seeds", "Seeds of every setting: 0..4, or 3,5,8.", "0..4");
        var set = Repeated("--set", "Changes an option, as name=value (`train --options` lists them); several values with commas " +
            "between them are an axis of the grid. May come several times.");
        var only = Repeated("--only", "A variant to run; may come several times. All of them when left out.");
        var steps = Value<int?>("--steps", "Steps of G in each run.").AtLeast(1);
        var folder = Value<string?>("--out", "The sweep's folder: one folder a run, results.csv, results.md.");
        var jobs = Value<int>("--jobs", "Runs at a time.", 1).AtLeast(1);
        var list = Flag("--list", "Only prints the runs that are left, one command a line; for a job array write them to a file once.");
        var collect = Flag("--collect", "Only gathers the folders of runs that are done.");
        var command = new Command("sweep", "Trains a grid of settings and seeds, and compares them. Runs that are done are never " +
            "trained again; begun ones are resumed.") { preset, seeds, set, only, steps, folder, jobs, list, collect };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (name, variants) = (parsed.GetValue(preset)!, parsed.GetValue(only)!);
            var path = parsed.GetValue(folder) ?? throw new UsageException("--out is missing: name a folder for the sweep.");
            var axes = parsed.GetValue(set)!.Concat(parsed.GetValue(steps) is { } n ? [$"steps={n}"] : []);
            var plan = Typed(() => SweepPlan.Create(PresetCatalog.Find(name), axes, Seeds(parsed.GetValue(seeds)!),
                variants.Length > 0 ? variants : null));
            var runner = new SweepRunner(plan, name, path);
            if (parsed.GetValue(list) && parsed.GetValue(collect))
            {
                throw new UsageException("--list and --collect are two things: name one.");
            }

            if (parsed.GetValue(list))
            {
                runner.Left().ToList().ForEach(cell => Console.WriteLine(runner.CommandOf(cell)));
                return 0;
            }

            if (!parsed.GetValue(collect))
            {
                NativeRuntime.EnsureLoaded(); // what every run needs, told once
                await runner.TrainAsync(parsed.GetValue(jobs), cancellation).ConfigureAwait(false);
            }

            return SweepRunner.Tell(SweepResults.Collect(plan, path), results =>
            {
                SweepSummary.Save(results, path);
                return SweepSummary.Of(results);
            });
        });
        return command;
    }
}
