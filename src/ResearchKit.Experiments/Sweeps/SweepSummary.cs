using System.Text;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>A sweep's table: each setting's mean and standard error over seeds at the last step, and its paired differences from the first
/// setting.</summary>
public static class SweepSummary
{
    /// <summary>The tables as Markdown.</summary>
    /// <returns>Two tables; the second only where there are several settings. Differences are between runs of the same seed, with the 95 %
    /// interval of their mean (<see cref="SeedValues.Interval"/>); a run that diverged has no scores, and is counted apart.</returns>
    public static string Of(SweepResults results)
    {
        var (scores, settings) = (results.Scores, results.Plan.Settings);
        var text = Table(["setting", "runs", "diverged", .. scores], settings.Select(s => (string[])
            [s.Name, $"{results.Last(s).Count}", $"{results.Diverged(s)}", .. scores.Select(score => $"{results.Of(s, score)}")]));
        return settings.Count == 1 ? text
            : $"{text}\nDifferences from {settings[0].Name}, seed by seed: mean [95 % interval]\n\n" +
                Table(["setting", "pairs", .. scores], settings.Skip(1).Select(s => (string[])[s.Name,
                    $"{results.Last(s).Keys.Intersect(results.Last(settings[0]).Keys).Count()}",
                    .. scores.Select(score => results.Difference(s, settings[0], score).WithInterval())]));
    }

    /// <summary>Writes <c>results.csv</c>, every row, and <c>results.md</c>, the tables. A row has setting, the options that are swept,
    /// seed, configuration (the options' hash), step, each score, and the step at which the run diverged.</summary>
    /// <exception cref="DataFileException">It cannot be written.</exception>
    public static void Save(SweepResults results, string folder)
    {
        Write(folder, "results.csv", Csv(results));
        Write(folder, "results.md", Of(results));
    }

    /// <summary>A table in Markdown.</summary>
    internal static string Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        static string Row(IEnumerable<string> cells) =>
            $"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |\n";
        return $"{Row(header)}|{string.Concat(header.Select(_ => "---|"))}\n{string.Concat(rows.Select(Row))}";
    }

    internal static void Write(string folder, string name, string text) =>
        TensorFile.Write(Path.Combine(folder, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static string Csv(SweepResults results)
    {
        var (swept, scores) = (results.Plan.Swept, results.Scores);
        string[] header = ["setting", .. swept, "seed", "configuration", "step", .. scores, "divergedAt"];
        var lines = results.Rows.Select(r => (string[])
        [
            r.Cell.Setting.Name, .. swept.Select(name => ExperimentJson.ValueOf(r.Cell.Options, name)), Whole(r.Cell.Seed),
            ExperimentJson.Hash(r.Cell.Options)[..16], Whole(r.Step), .. scores.Select(s => r.Scores.TryGetValue(s, out var v)
                ? v.ToString("G6", CultureInfo.InvariantCulture) : ""),
            r.DivergedAt is { } step ? Whole(step) : "",
        ]);
        return string.Concat(lines.Prepend(header).Select(l => CsvLine.Join(l) + "\n"));
    }

    private static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
