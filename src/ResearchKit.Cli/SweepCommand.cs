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
        var batched = Flag("--batched", "Trains the seeds of a setting as one, in this process: many times faster for small networks of " +
            "points, above all on a GPU. What cannot be batched is trained run by run; a batch that is interrupted begins anew.");
        var list = Flag("--list", "Only prints the runs that are left, one command a line.");
        var status = Flag("--status", "Only tells how each run stands: waiting, running and where, begun, failed and why, done.");
        var collect = Flag("--collect", "Only gathers the folders of runs that are done.");
        var slurm = new SweepSlurm();
        var command = new Command("sweep", "Trains a grid of settings and seeds, and compares them. Runs that are done are never " +
            "trained again; begun ones are resumed.") { preset, seeds, set, only, steps, folder, jobs, batched, list, status, collect };
        slurm.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            Option<bool>[] ways = [batched, list, status, collect, slurm.Flag];
            if (ways.Where(o => parsed.GetValue(o)).Select(o => o.Name).ToList() is { Count: > 1 } several)
            {
                throw new UsageException($"{string.Join(" and ", several)} are {several.Count} things: name one.");
            }

            var (name, variants) = (parsed.GetValue(preset)!, parsed.GetValue(only)!);
            var path = parsed.GetValue(folder) ?? throw new UsageException("--out is missing: name a folder for the sweep.");
            var axes = parsed.GetValue(set)!.Concat(parsed.GetValue(steps) is { } n ? [$"steps={n}"] : []);
            var plan = Typed(() => SweepPlan.Create(PresetCatalog.Find(name), axes, Seeds(parsed.GetValue(seeds)!),
                variants.Length > 0 ? variants : null));
            var runner = new SweepRunner(plan, name, path);
            if (slurm.IsAsked(parsed))
            {
                int? atOnce = parsed.GetResult(jobs) is { Implicit: false } ? parsed.GetValue(jobs) : null;
                return slurm.Submit(parsed, plan, runner, path, atOnce);
            }

            if (parsed.GetValue(status))
            {
                Console.Write(StatusOf(plan, path));
                return 0;
            }

            if (parsed.GetValue(list))
            {
                runner.Left().ToList().ForEach(cell => Console.WriteLine(runner.CommandOf(cell)));
                return 0;
            }

            if (!parsed.GetValue(collect))
            {
                NativeRuntime.EnsureLoaded(); // what every run needs, told once
                if (parsed.GetValue(batched))
                {
                    await Task.Run(() => runner.TrainBatched(cancellation), CancellationToken.None).ConfigureAwait(false);
                }

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

    // The number of a run is its line in runs.txt, and its task in an array.
    private static string StatusOf(SweepPlan plan, string path)
    {
        var runs = plan.Cells.Select((cell, i) => SweepStatus.Of(cell, path, SlurmArray.ErrorOf(path, i + 1))).ToList();
        static string Name(SweepRunState state) => state.ToString().ToLowerInvariant();
        var counts = runs.GroupBy(r => r.State).OrderByDescending(g => g.Key).Select(g => $"{g.Count()} {Name(g.Key)}");
        var (digits, width) = ($"{runs.Count}".Length, runs.Max(r => r.Cell.Folder.Length));
        var lines = runs.Select((run, i) => $"{$"{i + 1}".PadLeft(digits)}  {Name(run.State),-8}  {run.Cell.Folder.PadRight(width)}  " +
            run.Words.ReplaceLineEndings(" "));
        return string.Concat(lines.Prepend($"{runs.Count} runs: {string.Join(", ", counts)}").Select(l => l.TrimEnd() + "\n"));
    }
}
