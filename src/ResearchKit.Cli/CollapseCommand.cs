using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Protocols;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Cli;

internal static class CollapseCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1.5);

    public static Command Create()
    {
        var protocol = Given<string?>("protocol", "ring8, grid25, ..., or a .json file of your own; without one the protocols are " +
            "listed with their methods.", optional: true);
        var method = Repeated("--method", "A method to run; may come several times. All of them when left out.");
        var seeds = Value<string?>("--seeds", "Seeds of every method: 0..9, or 3,5,8. The protocol's own when left out.");
        var form = Value<string?>("--form", "quick (minutes a run, every deviation named) or exact (as published). quick when left " +
            "out; a file of your own has the form it says.");
        var folder = Value<string?>("--out", "The folder: one folder a run, results.csv, table.md, report.html, manifest.json.");
        var jobs = Value<int>("--jobs", "Runs at a time.", 1).AtLeast(1);
        var cost = Flag("--cost", "Only tells what is left to do would cost on this machine; without --out, what all of it would.");
        var collect = Flag("--collect", "Only makes table and report of the runs that are done.");
        var command = new Command("collapse", "Measures mode collapse by a published protocol: method by method, seed by seed, beside " +
            "the published numbers. Runs that are done are never trained again; begun ones are resumed.")
            { protocol, method, seeds, form, folder, jobs, cost, collect };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(protocol) is not { } name)
            {
                return List();
            }

            if (parsed.GetValue(form) is { } f and not (PresetProtocol.Quick or PresetProtocol.Exact))
            {
                throw new UsageException($"--form must be {PresetProtocol.Quick} or {PresetProtocol.Exact}, not '{f}'.");
            }

            var preset = Typed(() => CollapseProtocols.Find(name, parsed.GetValue(form)));
            var (chosen, methods) = (parsed.GetValue(seeds) ?? preset.Protocol!.ReportedOn ?? "0..9", parsed.GetValue(method)!);
            var plan = Typed(() => SweepPlan.Create(preset, [], Seeds(chosen), methods.Length > 0 ? methods : null));
            if (parsed.GetValue(cost) && parsed.GetValue(collect))
            {
                throw new UsageException("--cost and --collect are two things: name one.");
            }

            var path = parsed.GetValue(folder);
            if (path is null && !parsed.GetValue(cost))
            {
                throw new UsageException("--out is missing: name a folder for the runs and the report.");
            }

            var isFile = name.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
            var runner = path is null ? null : new SweepRunner(plan, isFile ? name : preset.Name, path);
            if (!parsed.GetValue(collect))
            {
                await TellCost(runner?.Left() ?? plan.Cells, path, parsed.GetValue(jobs), cancellation).ConfigureAwait(false);
            }

            if (parsed.GetValue(cost))
            {
                return 0;
            }

            if (!parsed.GetValue(collect))
            {
                await runner!.TrainAsync(parsed.GetValue(jobs), cancellation).ConfigureAwait(false);
            }

            return SweepRunner.Tell(SweepResults.Collect(plan, path!), results => CollapseReport.Save(results, path!));
        });
        return command;
    }

    private static int List()
    {
        foreach (var (protocol, form, preset) in CollapseProtocols.All())
        {
            Console.WriteLine($"{protocol,-16} {form,-6} {preset.Title}");
            Console.WriteLine($"{"",-16} {"",-6} methods: {string.Join("; ", preset.Variants.Select(v => v.Name))}");
        }

        return 0;
    }

    private static async Task TellCost(IReadOnlyList<SweepCell> left, string? path, int jobs, CancellationToken cancellation)
    {
        NativeRuntime.EnsureLoaded();
        var measure = () => left.GroupBy(c => c.Setting).Select(g => SweepCost.Measure([.. g], path, Look, cancellation)).ToList();
        var costs = await Task.Run(measure, CancellationToken.None).ConfigureAwait(false);
        costs.ForEach(c => Console.Error.WriteLine(c));
        if (costs.Count > 0)
        {
            var all = costs.Aggregate(TimeSpan.Zero, (sum, c) => sum + c.Total);
            var together = jobs > 1 ? $", {SweepCost.Words(all / jobs)} with {jobs} at a time where there is a processor for each" : "";
            await Console.Error.WriteLineAsync($"about {SweepCost.Words(all)} in all{together}; it can be interrupted, and the same " +
                $"command goes on").ConfigureAwait(false);
        }
    }
}
