using System.Globalization;
using System.Text;
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
    /// <param name="results">What was gathered of a protocol's sweep.</param>
    /// <returns>Method, runs, runs with every mode, then each score: measured, and published where anything is.</returns>
    /// <exception cref="ArgumentException">The sweep is of a preset without a protocol.</exception>
    public static (IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows) Of(SweepResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var protocol = results.Plan.Preset.Protocol
            ?? throw new ArgumentException($"The preset {results.Plan.Preset.Name} follows no published protocol.", nameof(results));
        var scores = CollapseProtocols.Scores.Where(results.Scores.Contains).Concat(results.Scores.Except(CollapseProtocols.Scores))
            .ToList();
        bool IsPublished(string score) => protocol.Published.Values.Any(v => v.ContainsKey(score));
        string[] header = ["method", "runs", "all modes",
            .. scores.SelectMany(s => IsPublished(s)
            ? (string[])[s, protocol.IsExact ? $"{s}: published, difference [99 %]" : $"{s}: published"] : [s])];
        var modes = ModesOf(results.Plan.Preset.Options);
        var rows = results.Plan.Settings.Select(setting => (IReadOnlyList<string>)
        [
            setting.Name, Runs(results, setting),
            modes is { } all && results.Last(setting).Count is > 0 and var runs
                ? $"{results.Of(setting, "modes").Values.Count(m => m >= all)} of {runs}"
                : "-",
            .. scores.SelectMany(score => IsPublished(score)
                ? (string[])[results.Of(setting, score).Rounded(), Published(results, setting, score)]
                : [results.Of(setting, score).Rounded()]),
        ]).ToList();
        return (header, rows);
    }

    /// <summary>The table as Markdown, with what a reader must know: the source, the seeds, the samples, the deviations.</summary>
    /// <param name="results">What was gathered of a protocol's sweep.</param>
    /// <exception cref="ArgumentException">The sweep is of a preset without a protocol.</exception>
    public static string Markdown(SweepResults results)
    {
        var (header, rows) = Of(results);
        var text = new StringBuilder();
        MarkdownTable.Row(text, header);
        MarkdownTable.Rule(text, header.Count);
        foreach (var row in rows)
        {
            MarkdownTable.Row(text, row);
        }

        text.Append('\n');
        foreach (var line in Notes(results))
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What a reader of the table must know, a sentence or two a line.</summary>
    /// <param name="results">What was gathered of a protocol's sweep.</param>
    public static IReadOnlyList<string> Notes(SweepResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var (preset, protocol) = (results.Plan.Preset, results.Plan.Preset.Protocol!);
        var seeds = results.Plan.Cells.Select(c => c.Seed).Distinct().ToList();
        var samples = preset.Options.ScoreSamples;
        var lines = new List<string>
        {
            $"Mean ± standard error over the seeds {string.Join(", " +
                "", seeds)}{(samples > 0
                ? string.Create(CultureInfo.InvariantCulture, $"; {samples:N0} samples a run")
                : "")}. Source: {protocol.Source}.",
        };
        if (protocol.TunedOn is not null)
        {
            lines.Add($"Settings were chosen on the seeds {protocol.TunedOn}; they are reported on {protocol.ReportedOn}.");
        }

        lines.Add(protocol.IsExact
            ? "Exact form: the published size, budget and scoring. An interval is Welch's, of the difference between the mean here and " +
                "the published one; it needs a published error, and two runs here. Deviations:"
            : "Quick form: it answers the same question in minutes, and its numbers do not stand against the published ones. Deviations:");
        lines.AddRange(protocol.Deviations.Select(d => "- " + d));
        return lines;
    }

    private static int? ModesOf(ExperimentOptions options) =>
        CollapseProtocols.MixtureOf(options)?.Means.Count ?? (StackedSets.PartOf(options.Data) is null ? null : Data.StackedDigits.Modes);

    private static string Runs(SweepResults results, SweepSetting setting)
    {
        var (done, diverged) = (results.Last(setting).Count, results.Diverged(setting));
        return diverged == 0 ? $"{done}" : $"{done} + {diverged} diverged";
    }

    private static string Published(SweepResults results, SweepSetting setting, string score)
    {
        var protocol = results.Plan.Preset.Protocol!;
        if (protocol.Find(setting.Name, score) is not { } published)
        {
            return "-";
        }

        return protocol.IsExact && results.Of(setting, score).DifferenceFrom(published, Level) is var (low, high)
            ? $"{published}; [{SeedValues.Number(low)}, {SeedValues.Number(high)}]"
            : $"{published}";
    }
}
