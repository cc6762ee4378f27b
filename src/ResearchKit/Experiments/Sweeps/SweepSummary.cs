using System.Globalization;
using System.Text;
using ResearchKit.Metrics;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>A sweep's table: each setting's mean and standard error over seeds at the last step, and its paired differences from the first setting.</summary>
public static class SweepSummary
{
    /// <summary>The tables as Markdown.</summary>
    /// <param name="results">What was gathered.</param>
    /// <returns>Two tables; the second only where there are several settings. Differences are between runs of the same seed, with Student's 95 % interval of their mean; a run that diverged has no scores, and is counted apart.</returns>
    public static string Of(SweepResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var (scores, settings) = (results.Scores, results.Plan.Settings);
        var last = results.Rows.GroupBy(r => r.Cell).Where(g => g.All(r => r.DivergedAt is null)).ToDictionary(g => (g.Key.Setting, g.Key.Seed), g => g.MaxBy(r => r.Step)!.Scores);
        var diverged = results.Rows.Where(r => r.DivergedAt is not null).ToLookup(r => r.Cell.Setting);
        double Value(SweepSetting setting, long seed, string score) => last.TryGetValue((setting, seed), out var values) && values.TryGetValue(score, out var v) ? v : double.NaN;
        long[] seeds = [.. results.Plan.Cells.Select(c => c.Seed).Distinct()];
        var text = new StringBuilder();
        Row(text, ["setting", "runs", "diverged", .. scores]);
        Rule(text, scores.Count + 3);
        foreach (var setting in settings)
        {
            var runs = seeds.Count(s => last.ContainsKey((setting, s)));
            Row(text, [setting.Name, Number(runs), Number(diverged[setting].Count()), .. scores.Select(score => MeanAndError([.. seeds.Select(s => Value(setting, s, score)).Where(double.IsFinite)], runs))]);
        }

        if (settings.Count > 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nDifferences from {settings[0].Name}, seed by seed: mean [95 % interval]\n\n");
            Row(text, ["setting", "pairs", .. scores]);
            Rule(text, scores.Count + 2);
            foreach (var setting in settings.Skip(1))
            {
                double[] Pairs(string score) => [.. seeds.Select(s => Value(setting, s, score) - Value(settings[0], s, score)).Where(double.IsFinite)];
                var pairs = seeds.Count(s => last.ContainsKey((setting, s)) && last.ContainsKey((settings[0], s)));
                Row(text, [setting.Name, Number(pairs), .. scores.Select(score => MeanAndInterval(Pairs(score), pairs))]);
            }
        }

        return text.ToString();
    }

    private static string MeanAndError(double[] values, int runs) => values.Length switch
    {
        0 => "-",
        1 => Number(values[0]),
        _ => $"{Number(values.Average())} ± {Number(Deviation(values) / Math.Sqrt(values.Length))}",
    } + Fewer(values, runs);

    // A score that some of the runs do not have is a mean over the others.
    private static string Fewer(double[] values, int runs) => values.Length > 0 && values.Length < runs ? $" ({values.Length} of {runs})" : "";

    private static string MeanAndInterval(double[] values, int pairs)
    {
        if (values.Length < 2)
        {
            return values.Length == 0 ? "-" : Number(values[0]) + Fewer(values, pairs);
        }

        var (mean, half) = (values.Average(), StudentDistribution.Factor(0.95, values.Length - 1) * Deviation(values) / Math.Sqrt(values.Length));
        return $"{Number(mean)} [{Number(mean - half)}, {Number(mean + half)}]{Fewer(values, pairs)}";
    }

    private static double Deviation(double[] values) => Math.Sqrt(values.Sum(v => Math.Pow(v - values.Average(), 2)) / (values.Length - 1));

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static void Row(StringBuilder text, IEnumerable<string> values) => text.Append("| ").AppendJoin(" | ", values.Select(v => v.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");

    private static void Rule(StringBuilder text, int columns) => text.Append('|').Insert(text.Length, "---|", columns).Append('\n');
}
