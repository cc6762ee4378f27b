using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;

namespace ResearchKit.Cli;

internal static class PresetsCommand
{
    public static Command Create()
    {
        var papers = Flag("--papers", "Only those that name a published result.");
        var command = new Command("presets", "Lists the experiments that ship with the kit: what they train, on what, how long, what was " +
            "published for them, what they gave here, and the command.") { papers, Collect() };
        command.SetAction(parsed =>
        {
            foreach (var preset in PresetCatalog.All().Where(p => !parsed.GetValue(papers) || p.Published is not null))
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
        var folder = Given<string>("folder", "A folder with runs of it, as `sweep` makes.");
        var command = new Command("collect", "Keeps what runs of a preset gave, for this list: scores of the last step, time, machine.")
        {
            name, folder,
        };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(name)!;
            var preset = PresetCatalog.All().FirstOrDefault(p => p.Name == wanted)
                ?? throw new UsageException($"There is no preset '{wanted}' in the kit's list: `presets` prints it.");
            var runs = PresetMeasurements.Collect(preset, parsed.GetValue(folder)!, Console.Error.WriteLine);
            var file = PresetMeasurements.Save(preset.Name, runs);
            Console.WriteLine($"{Ours(runs)}");
            Console.WriteLine($"{file} written");
            return 0;
        });
        return command;
    }

    private static string Ours(IReadOnlyList<MeasuredRun> runs) =>
        string.Join("; and ", runs.GroupBy(r => (r.Changed, r.Machine)).Select(g => OfOneKind([.. g])));

    // Each score's mean and range over the seeds; the losses tell nothing between presets.
    private static string OfOneKind(IReadOnlyList<MeasuredRun> runs)
    {
        var names = runs[0].Scores.Keys.Where(n => !n.EndsWith("Loss", StringComparison.Ordinal)
            && !n.EndsWith("Norm", StringComparison.Ordinal));
        var scores = names.Select(n => runs.Where(r => r.Scores.ContainsKey(n)).Select(r => r.Scores[n]).ToArray() is var v
            ? string.Create(CultureInfo.InvariantCulture, $"{n} {v.Average():0.###}") +
                (v.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({v.Min():0.###} to {v.Max():0.###})") : "")
            : "");
        var minutes = (runs.Average(r => r.Seconds) / 60).ToString("0.0", CultureInfo.InvariantCulture);
        return $"{string.Join(", ", scores)}; {(runs.Count > 1 ? "seeds" : "seed")} {string.Join(", ", runs.Select(r => r.Seed))}; " +
            $"{minutes} minutes{(runs.Count > 1 ? " each" : "")} on " +
            $"{runs[0].Machine}{(runs[0].Changed.Length > 0 ? "; " + runs[0].Changed : "")}";
    }

    private static string Text(Preset preset)
    {
        var (data, networks, run) = (preset.Options.Data, preset.Options.Networks, preset.Options.Run);
        var command = preset.Name.Split('-') is ["collapse", .. var protocol, var form]
                ? $"researchkit collapse {string.Join('-', protocol)} --form {form} --out DIR"
            : preset.Variants.Count > 0 ? $"researchkit sweep {preset.Name} --seeds 0..4 --out DIR"
            : $"researchkit train {preset.Name}" +
                $"{(data.Data is PresetCatalog.OwnFolder or PresetCatalog.OwnFile or PresetCatalog.OwnClips
                    ? $" --data {data.Data}" : "")}" +
                $"{(data.DataB == PresetCatalog.OwnFolder ? " --data-b FOLDER" : "")} --out DIR";
        string[] lines =
        [
            preset.Name,
            $"  {preset.Title}",
            string.Create(CultureInfo.InvariantCulture, $"  {networks.Architecture} on {data.Data}" +
                $"{(data.DataB is { } b ? $" and {b}" : "")}; batch {data.Batch}, {run.Steps:N0} steps of G on {run.Device}"),
            .. preset.Published is { } published ? [$"  published: {published.Result}; {published.Source}"] : (string[])[],
            .. PresetMeasurements.Of(preset.Name) is { Count: > 0 } runs ? [$"  ours: {Ours(runs)}"] : (string[])[],
            $"  {command}",
        ];
        return string.Join(Environment.NewLine, lines) + Environment.NewLine;
    }
}
