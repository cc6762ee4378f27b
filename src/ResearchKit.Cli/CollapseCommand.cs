using System.CommandLine;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Protocols;
using ResearchKit.Experiments.Sweeps;
using ResearchKit.Runtime;

namespace ResearchKit.Cli;

/// <summary><c>researchkit collapse PROTOCOL [--method NAME] [--seeds A..B] [--form quick|exact] [--cost] [--out DIR [--jobs N]
/// [--collect]]</c>.</summary>
internal static class CollapseCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1.5);

    public static Command Create()
    {
        var protocol = new Argument<string?>("protocol") { Description = "ring8, grid25, ..., or a .json file of your own; without one " +
            "the protocols are listed with their methods.", Arity = ArgumentArity.ZeroOrOne };
        var method = new Option<string[]>("--method") { Description = "A method to run; may come several times. All of them when left out.",
            AllowMultipleArgumentsPerToken = false };
        var seeds =
            new Option<string?>("--seeds") { Description = "Seeds of every method: 0..9, or 3,5,8. The protocol's own when left out." };
        var form = new Option<string?>("--form") { Description = "quick (minutes a run, every deviation named) or exact (as published). " +
            "quick when left out; a file of your own has the form it says." };
        var folder = new Option<string?>("--out") { Description = "The folder: one folder a run, results.csv, table.md, report.html, " +
            "manifest.json." };
        var jobs = new Option<int>("--jobs") { Description = "Runs at a time.", DefaultValueFactory = _ => 1 }.AtLeast(1);
        var cost = new Option<bool>("--cost") { Description = "Only tells what is left to do would cost on this machine; without --out, " +
            "what all of it would." };
        var collect = new Option<bool>("--collect") { Description = "Only makes table and report of the runs that are done." };
        const string What = "Measures mode collapse by a published protocol: method by method, seed by seed, beside the published " +
            "numbers. Runs that are done are never trained again; begun ones are gone on with.";
        var command = new Command("collapse", What) { protocol, method, seeds, form, folder, jobs, cost, collect };
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(protocol) is not { } name)
            {
                return Task.FromResult(List());
            }

            if (parsed.GetValue(form) is not (null or PresetProtocol.Quick or PresetProtocol.Exact))
            {
                throw new UsageException($"--form must be {PresetProtocol.Quick} or {PresetProtocol.Exact}, not " +
                    $"'{parsed.GetValue(form)}'.");
            }

            var preset = CommandLine.Named(() => CollapseProtocols.Find(name, parsed.GetValue(form)));
            var chosen = SeedList.Parse(parsed.GetValue(seeds) ?? preset.Protocol!.ReportedOn ?? "0..9");
            var plan = CommandLine.Named(() => SweepPlan.Create(preset, [], chosen, parsed.GetValue(method) is { Length: > 0 } names
                ? names : null));
            var (onlyCost, onlyCollect) = (parsed.GetValue(cost), parsed.GetValue(collect));
            if (onlyCost && onlyCollect)
            {
                throw new UsageException("--cost and --collect are two things: name one.");
            }

            if (parsed.GetValue(folder) is not { } path)
            {
                return onlyCost
                    ? TellCost(plan.Cells, null, parsed.GetValue(jobs), cancellation)
                    : throw new UsageException("--out is missing: name a folder for the runs and the report.");
            }

            var runner = new SweepRunner(plan, name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? name : preset.Name, path);
            return onlyCost ? TellCost(runner.Left(), path, parsed.GetValue(jobs), cancellation)
                : onlyCollect ? Task.FromResult(Collect(plan, path))
                : Run(runner, plan, path, parsed.GetValue(jobs), cancellation);
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

    private static async Task<int> Run(SweepRunner runner, SweepPlan plan, string path, int jobs, CancellationToken cancellation)
    {
        await TellCost(runner.Left(), path, jobs, cancellation).ConfigureAwait(false);
        foreach (var (cell, error) in await runner.RunAsync(jobs, cancellation).ConfigureAwait(false))
        {
            await Console.Error.WriteLineAsync($"{cell.Folder}: {error}").ConfigureAwait(false);
        }

        return Collect(plan, path);
    }

    private static async Task<int> TellCost(IReadOnlyList<SweepCell> left, string? path, int jobs, CancellationToken cancellation)
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

        return 0;
    }

    private static int Collect(SweepPlan plan, string path)
    {
        var results = SweepResults.Collect(plan, path);
        Console.Write(CollapseReport.Save(results, path));
        if (results.Missing.Count == 0)
        {
            return 0;
        }

        Console.Error.WriteLine($"error: {results.Missing.Count} of {plan.Cells.Count} runs are missing; the first: " +
            $"{results.Missing[0].Problem}");
        return ExitCode.Failed;
    }
}
