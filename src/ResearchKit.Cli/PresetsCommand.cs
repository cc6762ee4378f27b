using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Protocols;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Cli;

internal static class PresetsCommand
{
    public static Command Create()
    {
        var papers = Flag("--papers", "Only those that name a published result.");
        var command = new Command("presets", "Lists the experiments that ship with the kit: what they train, on what, how long, what was " +
            "published for them, what they gave here, and the command.") { papers, Collect(), Time() };
        command.SetAction(parsed =>
        {
            foreach (var preset in PresetCatalog.All().Where(p => !parsed.GetValue(papers) || p.Published.Count > 0))
            {
                Console.WriteLine(Text(preset));
            }

            return 0;
        });
        return command;
    }

    private static Command Collect()
    {
        var name = Given<string>("preset", "A preset of the kit.");
        var folder = Given<string>("folder", "A folder with runs of it, as `sweep` makes, or the results.csv of a sweep whose folders " +
            "are gone.");
        var json = Value<string?>("--json", "A file for them, in place of the kit's own in data/presets/measured.");
        var command = new Command("collect", "Keeps what runs of a preset gave, for this list: scores of the last step, time, machine.")
        {
            name, folder, json,
        };
        command.SetAction(parsed =>
        {
            var (preset, path) = (OfTheKit(parsed.GetValue(name)!), parsed.GetValue(folder)!);
            var runs = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? SweepRuns.Read(preset, path, Console.Error.WriteLine)
                : PresetMeasurements.Collect(preset, path, Console.Error.WriteLine);
            var file = PresetMeasurements.Save(preset.Name, runs, parsed.GetValue(json));
            Console.WriteLine($"{Ours(runs)}");
            Console.WriteLine($"{file} written");
            return 0;
        });
        return command;
    }

    private static Command Time()
    {
        var name = Given<string>("preset", "A preset of the kit.");
        var set = Repeated("--set", "Changes an option, as name=value: device=cpu, or data of the same size that are at hand.");
        var seconds = Value<int>("--seconds", "How long to look at each variant, after its first three steps.", 3).AtLeast(1, 3600);
        var command = new Command("time", "Times some steps of a preset, and of each of its variants, for the list of `published`.")
        {
            name, set, seconds,
        };
        command.SetWork((parsed, cancellation) =>
        {
            var preset = OfTheKit(parsed.GetValue(name)!);
            NativeRuntime.EnsureLoaded();
            var costs = Typed(() => StepCosts.Measure(preset, parsed.GetValue(set)!, TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                cancellation).ToList());
            costs.ForEach(c => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{c.Setting ?? preset.Name}: {c.Seconds:G3} s a step on {c.Machine}")));
            Console.WriteLine($"{StepCosts.Save(preset.Name, costs)} written");
            return 0;
        });
        return command;
    }

    private static Preset OfTheKit(string name) => PresetCatalog.All().FirstOrDefault(p => p.Name == name)
        ?? throw new UsageException($"There is no preset '{name}' in the kit's list: `presets` prints it.");

    private static string Ours(IReadOnlyList<MeasuredRun> runs) =>
        string.Join("; and ", runs.GroupBy(r => (r.Setting, r.Changed, r.Machine)).Select(g => OfOneKind([.. g])));

    // Each score's mean and range over the seeds; the losses tell nothing between presets.
    private static string OfOneKind(IReadOnlyList<MeasuredRun> runs)
    {
        var names = runs[0].Scores.Keys.Where(n => !n.EndsWith("Loss", StringComparison.Ordinal)
            && !n.EndsWith("Norm", StringComparison.Ordinal));
        var scores = names.Select(n => runs.Where(r => r.Scores.ContainsKey(n)).Select(r => r.Scores[n]).ToArray() is var v
            ? string.Create(CultureInfo.InvariantCulture, $"{n} {v.Average():0.###}") +
                (v.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({v.Min():0.###} to {v.Max():0.###})") : "")
            : "");
        var time = runs.Average(r => r.Seconds) is { } seconds ? $"; {(seconds / 60).ToString("0.0", CultureInfo.InvariantCulture)} " +
            $"minutes{(runs.Count > 1 ? " each" : "")} on {runs[0].Machine}" : "";
        return $"{(runs[0].Setting is { } setting ? setting + ": " : "")}{string.Join(", ", scores)}; " +
            $"{(runs.Count > 1 ? "seeds" : "seed")} {string.Join(", ", runs.Select(r => r.Seed))}{time}" +
            $"{(runs[0].Changed.Length > 0 ? "; " + runs[0].Changed : "")}";
    }

    private static string Published(IReadOnlyList<PublishedScore> scores) => string.Join("; ", scores.GroupBy(s => (s.Source, s.Of))
        .Select(g => $"{string.Join(", ", g.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Score} {s.Mean:G4}")))}" +
            $"{(g.Key.Of is { } of ? $" ({of})" : "")}; {g.Key.Source}"));

    private static string Text(Preset preset)
    {
        var (data, networks, run) = (preset.Options.Data, preset.Options.Networks, preset.Options.Run);
        string[] lines =
        [
            preset.Name,
            $"  {preset.Title}",
            string.Create(CultureInfo.InvariantCulture, $"  {networks.Architecture} on {data.Data}" +
                $"{(data.DataB is { } b ? $" and {b}" : "")}; batch {data.Batch}, {run.Steps:N0} steps of G on {run.Device}"),
            .. preset.Published.Count > 0 ? [$"  published: {Published(preset.Published)}"] : (string[])[],
            .. preset.Protocol is not null ? [$"  published and ours: researchkit published {preset.Name}"]
                : PresetMeasurements.Of(preset.Name) is { Count: > 0 } runs ? [$"  ours: {Ours(runs)}"] : (string[])[],
            $"  {PublishedRows.CommandOf(preset)}",
        ];
        return string.Join(Environment.NewLine, lines) + Environment.NewLine;
    }
}
