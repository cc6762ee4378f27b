using System.Globalization;
using System.Text;
using ResearchKit.Experiments.Options;
using ResearchKit.Files;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>A sweep's numbers, gathered from the folders of its runs.</summary>
public sealed class SweepResults
{
    private SweepResults(SweepPlan plan, IReadOnlyList<SweepRow> rows, IReadOnlyList<(SweepCell, string)> missing) =>
        (Plan, Rows, Missing) = (plan, rows, missing);

    /// <summary>What was planned.</summary>
    public SweepPlan Plan { get; }

    /// <summary>Every scored moment of every run that is done, by setting, seed and step.</summary>
    public IReadOnlyList<SweepRow> Rows { get; }

    /// <summary>Runs without a place in the rows, and why: not done, damaged, or another run's folder.</summary>
    public IReadOnlyList<(SweepCell Cell, string Problem)> Missing { get; }

    /// <summary>The names of the scores, in the order of their first appearance.</summary>
    public IReadOnlyList<string> Scores => [.. Rows.SelectMany(r => r.Scores.Keys).Distinct()];

    /// <summary>The last scores of a setting's runs, by seed, in the order of the seeds; runs that diverged have none.</summary>
    /// <param name="setting">The setting.</param>
    public IReadOnlyDictionary<long, IReadOnlyDictionary<string, double>> Last(SweepSetting setting) =>
        Rows.Where(r => r.Cell.Setting == setting).GroupBy(r => r.Cell.Seed).Where(g => g.All(r => r.DivergedAt is null))
            .ToDictionary(g => g.Key, g => g.MaxBy(r => r.Step)!.Scores);

    /// <summary>One score of a setting at the last step, over its seeds.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="score">The score's name.</param>
    public SeedValues Of(SweepSetting setting, string score)
    {
        var last = Last(setting).Values;
        return new SeedValues([.. last.Select(v => v.TryGetValue(score, out var value) ? value : double.NaN).Where(double.IsFinite)],
            last.Count());
    }

    /// <summary>How many of a setting's runs diverged.</summary>
    /// <param name="setting">The setting.</param>
    public int Diverged(SweepSetting setting) => Rows.Count(r => r.Cell.Setting == setting && r.DivergedAt is not null);

    /// <summary>Reads the folders.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="folder">Its folder.</param>
    public static SweepResults Collect(SweepPlan plan, string folder)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var (rows, missing) = (new List<SweepRow>(), new List<(SweepCell, string)>());
        foreach (var cell in plan.Settings.SelectMany(s => plan.Cells.Where(c => c.Setting == s)))
        {
            try
            {
                rows.AddRange(RowsOf(cell, folder));
            }
            catch (DataFileException e)
            {
                missing.Add((cell, e.Message));
            }
        }

        return new SweepResults(plan, rows, missing);
    }

    private static IEnumerable<SweepRow> RowsOf(SweepCell cell, string folder)
    {
        var (path, run) = (Path.Combine(folder, cell.Folder), cell.Find(folder));
        if (run?.IsFinished != true)
        {
            throw new DataFileException(path, "this run is not done; the same command goes on.");
        }

        var rows = run.Scores.Read().Select(s => new SweepRow(cell, s.Step, s.Values, null)).ToList();
        if (run.Divergence is { } divergence)
        {
            return rows.Append(new SweepRow(cell, divergence.Step, new Dictionary<string, double>(), divergence.Step));
        }

        return rows is [.., var last] && last.Step == cell.Options.Steps
            ? rows
            : throw new DataFileException(path,
                "this run is done, but its last scores are lost; delete its folder, and the same command trains it again.");
    }

    /// <summary>Writes <c>results.csv</c>, every row, and <c>results.md</c>, the tables of <see cref="SweepSummary"/>. A row has setting,
    /// the options that are swept, seed, configuration (the options' hash), step, each score, and the step at which the run
    /// diverged.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DataFileException">It cannot be written.</exception>
    public void Save(string folder)
    {
        Write(Path.Combine(folder, "results.csv"), Csv());
        Write(Path.Combine(folder, "results.md"), SweepSummary.Of(this));
    }

    private static void Write(string path, string text) => TensorFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private string Csv()
    {
        var (swept, scores) = (Plan.Swept, Scores);
        string[] header = ["setting", .. swept, "seed", "configuration", "step", .. scores, "divergedAt"];
        var lines = Rows.Select(r => (string[])
        [
            r.Cell.Setting.Name, .. swept.Select(name => ExperimentJson.ValueOf(r.Cell.Options, name)),
                r.Cell.Seed.ToString(CultureInfo.InvariantCulture), ExperimentJson.Hash(r.Cell.Options)[..16],
            r.Step.ToString(CultureInfo.InvariantCulture),
                .. scores.Select(s => r.Scores.TryGetValue(s, out var v) ? v.ToString("G6", CultureInfo.InvariantCulture) : ""),
                r.DivergedAt?.ToString(CultureInfo.InvariantCulture)
                ?? "",
        ]);
        return string.Concat(lines.Prepend(header).Select(l => CsvLine.Join(l) + "\n"));
    }
}
