using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Experiments.Protocols;

/// <summary>A protocol's table: what was measured over seeds, and beside it what was published.</summary>
/// <remarks>An exact form shows the difference to each published mean with Welch's 99 % interval, where the publication gives an error. A
/// quick form never does: its deviations stand below the table.</remarks>
public static class CollapseTable
{
    private const double Level = 0.99;

    /// <summary>The columns' names and every row's cells.</summary>
    /// <returns>Method, runs, runs with every mode and Wilson's interval of their share, then each score: measured, and published where
    /// anything is.</returns>
    /// <exception cref="ArgumentException">The sweep is of a preset without a protocol.</exception>
    public static (IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows) Of(SweepResults results)
    {
        var protocol = results.Plan.Preset.Protocol
            ?? throw new ArgumentException($"The preset {results.Plan.Preset.Name} follows no published protocol.", nameof(results));
        var scores = CollapseProtocols.Scores.Where(results.Scores.Contains).Concat(results.Scores.Except(CollapseProtocols.Scores))
            .Select(s => (Name: s, IsPublished: protocol.Published.Values.Any(v => v.ContainsKey(s)))).ToList();
        var published = protocol.IsExact ? "published, difference [99 %]" : "published";
        return (
            ["method", "runs", "all modes [95 %]",
                .. scores.SelectMany(s => s.IsPublished ? (string[])[s.Name, $"{s.Name}: {published}"] : [s.Name])],
            [.. results.Plan.Settings.Select(setting => (string[])[setting.Name, Runs(results, setting), AllModes(results, setting),
                .. scores.SelectMany(s => s.IsPublished
                    ? (string[])[results.Of(setting, s.Name).Rounded(), Published(results, setting, s.Name)]
                    : [results.Of(setting, s.Name).Rounded()])])]);
    }

    /// <summary>The table as Markdown, with what a reader must know: the source, the seeds, the samples, the deviations.</summary>
    /// <exception cref="ArgumentException">The sweep is of a preset without a protocol.</exception>
    public static string Markdown(SweepResults results)
    {
        var (header, rows) = Of(results);
        return $"{SweepSummary.Table(header, rows)}\n{string.Concat(Notes(results).Select(line => line + "\n"))}";
    }

    /// <summary>What a reader of the table must know, a sentence or two a line.</summary>
    public static IReadOnlyList<string> Notes(SweepResults results)
    {
        var (preset, protocol) = (results.Plan.Preset, results.Plan.Preset.Protocol!);
        var seeds = string.Join(", ", results.Plan.Cells.Select(c => c.Seed).Distinct());
        var samples = preset.Options.Scoring.ScoreSamples is { } n
            ? Invariant($"; {n:N0} samples a run") : "";
        return
        [
            $"Mean ± standard error over the seeds {seeds}{samples}. Source: {protocol.Source}.",
            .. protocol.TunedOn is null ? (string[])[]
                : [$"Settings were chosen on the seeds {protocol.TunedOn}; they are reported on {protocol.ReportedOn}."],
            protocol.IsExact
                ? "Exact form: the published size, budget and scoring. An interval is Welch's, of the difference between the mean here " +
                    "and the published one; it needs a published error, and two runs here. Deviations:"
                : "Quick form: it answers the same question in minutes, and its numbers do not stand against the published ones. " +
                    "Deviations:",
            .. protocol.Deviations.Select(d => "- " + d),
        ];
    }

    private static string Runs(SweepResults results, SweepSetting setting)
    {
        var (done, diverged) = (results.Last(setting).Count, results.Diverged(setting));
        return diverged == 0 ? $"{done}" : $"{done} + {diverged} diverged";
    }

    private static string AllModes(SweepResults results, SweepSetting setting)
    {
        var (data, runs) = (results.Plan.Preset.Options.Data, results.Last(setting).Count);
        if (DataKinds.Of(data).Modes(data) is not { } all || runs == 0)
        {
            return "-";
        }

        var count = results.Of(setting, "modes").Values.Count(m => m >= all);
        var (low, high) = SeedValues.Share(count, runs, 0.95);
        return Invariant($"{count} of {runs} [{low:P0}, {high:P0}]");
    }

    private static string Published(SweepResults results, SweepSetting setting, string score)
    {
        var protocol = results.Plan.Preset.Protocol!;
        return protocol.Find(setting.Name, score) is not { } published ? "-"
            : protocol.IsExact && results.Of(setting, score).DifferenceFrom(published, Level) is var (low, high)
                ? $"{published}; [{SeedValues.Number(low)}, {SeedValues.Number(high)}]"
                : $"{published}";
    }
}
