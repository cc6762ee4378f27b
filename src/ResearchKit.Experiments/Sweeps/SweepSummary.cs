using System.Globalization;
using System.Text;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>A sweep's table: each setting's mean and standard error over seeds at the last step, and its paired differences from the first
/// setting.</summary>
public static class SweepSummary
{
    /// <summary>The tables as Markdown.</summary>
    /// <param name="results">What was gathered.</param>
    /// <returns>Two tables; the second only where there are several settings. Differences are between runs of the same seed, with Student's
    /// 95 % interval of their mean; a run that diverged has no scores, and is counted apart.</returns>
    public static string Of(SweepResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var (scores, settings) = (results.Scores, results.Plan.Settings);
        var text = new StringBuilder();
        MarkdownTable.Row(text, ["setting", "runs", "diverged", .. scores]);
        MarkdownTable.Rule(text, scores.Count + 3);
        foreach (var setting in settings)
        {
            MarkdownTable.Row(text, [setting.Name, Count(results.Last(setting).Count), Count(results.Diverged(setting)),
                .. scores.Select(score => results.Of(setting, score).ToString())]);
        }

        if (settings.Count > 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nDifferences from {settings[0].Name}, seed by seed: mean [95 % interval]\n\n");
            MarkdownTable.Row(text, ["setting", "pairs", .. scores]);
            MarkdownTable.Rule(text, scores.Count + 2);
            var first = results.Last(settings[0]);
            foreach (var setting in settings.Skip(1))
            {
                var last = results.Last(setting);
                long[] pairs = [.. last.Keys.Where(first.ContainsKey)];
                SeedValues Differences(string score) =>
                    new([.. pairs.Select(s => Value(last[s], score) - Value(first[s], score)).Where(double.IsFinite)], pairs.Length);
                MarkdownTable.Row(text, [setting.Name, Count(pairs.Length), .. scores.Select(score => Differences(score).WithInterval())]);
            }
        }

        return text.ToString();
    }

    private static double Value(IReadOnlyDictionary<string, double> scores, string name) =>
        scores.TryGetValue(name, out var value) ? value : double.NaN;

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);
}
