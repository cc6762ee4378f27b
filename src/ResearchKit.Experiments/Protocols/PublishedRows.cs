using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Experiments.Protocols;

/// <summary>What was published for the presets, against what the kit got: read from <c>data/presets</c> and the runs and costs that are
/// kept below it.</summary>
public static class PublishedRows
{
    /// <summary>The level of the differences' intervals.</summary>
    public const double Level = 0.99;

    /// <summary>The rows of every preset that has published numbers.</summary>
    /// <param name="measured">Runs by preset that count in place of those that are kept of it; null for none.</param>
    /// <exception cref="DataFileException">A file is missing or damaged.</exception>
    public static IReadOnlyList<PublishedRow> All(IReadOnlyDictionary<string, IReadOnlyList<MeasuredRun>>? measured = null) =>
        [.. PresetCatalog.All().SelectMany(p => Of(p, measured?.GetValueOrDefault(p.Name) ?? PresetMeasurements.Of(p.Name),
            StepCosts.Of(p.Name)))];

    /// <summary>The rows of a preset.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="runs">Its runs that are kept.</param>
    /// <param name="costs">What its steps cost.</param>
    public static IReadOnlyList<PublishedRow> Of(Preset preset, IReadOnlyList<MeasuredRun> runs, IReadOnlyList<StepCost> costs) =>
    [
        .. preset.Published.Select(p => Row(preset, null, p.Score, new PublishedValue(p.Mean), p.Source, p.Of, runs, costs)),
        .. preset.Protocol is not { } protocol ? []
            : preset.Variants.Where(v => protocol.Published.ContainsKey(v.Name)).SelectMany(v => protocol.Published[v.Name]
                .Select(s => Row(preset, v, s.Key, s.Value, s.Value.From ?? protocol.Source, null, runs, costs))),
    ];

    /// <summary>The command that runs a preset.</summary>
    public static string CommandOf(Preset preset)
    {
        var data = preset.Options.Data;
        return preset.Name.Split('-') is ["collapse", .. var protocol, var form]
                ? $"researchkit collapse {string.Join('-', protocol)} --form {form} --out DIR"
            : preset.Variants.Count > 0 ? $"researchkit sweep {preset.Name} --seeds 0..4 --out DIR"
            : $"researchkit train {preset.Name}{(IsOwn(data.Data) ? $" --data {data.Data}" : "")}" +
                $"{(data.DataB == PresetCatalog.OwnFolder ? " --data-b FOLDER" : "")} --out DIR";
    }

    private static PublishedRow Row(Preset preset, SweepSetting? variant, string score, PublishedValue published, string source, string? of,
        IReadOnlyList<MeasuredRun> runs, IReadOnlyList<StepCost> costs)
    {
        var (options, form) = (preset.Options.With(variant?.Assignments ?? []), preset.Protocol?.Form ?? PresetProtocol.Exact);
        var own = runs.Where(r => r.Setting == variant?.Name).ToList();
        var scored = own.Where(r => r.Scores.ContainsKey(score)).ToList();
        var range = ScoreKinds.ValuesOf(options).FirstOrDefault(v => v.Name == score) ?? new ScoreValue(score);
        var ours = new SeedValues([.. scored.Select(r => r.Scores[score])], own.Count, range.Least, range.Most);
        var machines = scored.Select(r => r.Machine).Distinct().ToList();
        var asked = preset.Protocol?.ReportedOn?.Split("..") is [var first, var last]
            ? int.Parse(last, CultureInfo.InvariantCulture) - int.Parse(first, CultureInfo.InvariantCulture) + 1 : 1;
        return new PublishedRow(preset.Name, form, variant?.Name ?? "", score, published, source, of, ours, [.. scored.Select(r => r.Seed)],
            form == PresetProtocol.Exact ? ours.DifferenceFrom(published, Level) : null,
            machines.Contains(null) || machines.Count == 0 ? null : string.Join(", ", machines),
            scored.Count > 0 && scored.All(r => r.Seconds is not null) ? scored.Average(r => r.Seconds!.Value) / 60 : null,
            scored.Count > 0 ? null : own.Count > 0 ? "its runs that are kept were made before they took this score" : WhyNot(options),
            asked, options.Run.Steps, options.Data.Batch, costs.FirstOrDefault(c => c.Setting == variant?.Name), CommandOf(preset));
    }

    private static string WhyNot(ExperimentOptions options)
    {
        var data = options.Data.Data;
        var set = DataCatalog.Find().Sets.FirstOrDefault(s => !s.Shipped && data.Split(':').Contains(s.Name));
        string[] needs =
        [
            .. options.Run.Device != "cpu" ? ["a GPU"] : (string[])[],
            .. IsOwn(data) ? [$"data that do not ship with the kit ({data})"]
                : set is null ? [] : (string[])[$"data that do not ship with the kit (`researchkit data fetch {set.Name}`)"],
        ];
        return needs.Length > 0 ? $"it needs {string.Join(" and ", needs)}" : "it takes long on a CPU";
    }

    private static bool IsOwn(string data) => data is PresetCatalog.OwnFolder or PresetCatalog.OwnFile or PresetCatalog.OwnClips;
}
