using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Scoring;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>One scored moment of one run.</summary>
/// <param name="Cell">The run.</param>
/// <param name="Step">The training step.</param>
/// <param name="Scores">The scores by name.</param>
/// <param name="DivergedAt">The step at which the run diverged; null for a scored moment.</param>
public sealed record SweepRow(SweepCell Cell, long Step, IReadOnlyDictionary<string, double> Scores, long? DivergedAt);

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

    /// <summary>Reads the folders.</summary>
    public static SweepResults Collect(SweepPlan plan, string folder)
    {
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

    /// <summary>The last scores of a setting's runs, by seed, in the order of the seeds; runs that diverged have none.</summary>
    public IReadOnlyDictionary<long, IReadOnlyDictionary<string, double>> Last(SweepSetting setting) =>
        Rows.Where(r => r.Cell.Setting == setting).GroupBy(r => r.Cell.Seed).Where(g => g.All(r => r.DivergedAt is null))
            .ToDictionary(g => g.Key, g => g.MaxBy(r => r.Step)!.Scores);

    /// <summary>One score of a setting at the last step, over its seeds, with the score's range.</summary>
    public SeedValues Of(SweepSetting setting, string score)
    {
        var last = Last(setting).Values.Select(v => v.GetValueOrDefault(score, double.NaN)).ToList();
        var range = RangeOf(setting, score);
        return new SeedValues([.. last.Where(double.IsFinite)], last.Count, range.Least, range.Most);
    }

    /// <summary>One score of two settings at the last step: the first's less the other's, seed by seed.</summary>
    public SeedValues Difference(SweepSetting setting, SweepSetting other, string score)
    {
        var (here, there, range) = (Last(setting), Last(other), RangeOf(setting, score));
        var pairs = here.Keys.Where(there.ContainsKey)
            .Select(seed => here[seed].GetValueOrDefault(score, double.NaN) - there[seed].GetValueOrDefault(score, double.NaN)).ToList();
        return new SeedValues([.. pairs.Where(double.IsFinite)], pairs.Count, range.Least - range.Most, range.Most - range.Least);
    }

    /// <summary>How many of a setting's runs diverged.</summary>
    public int Diverged(SweepSetting setting) => Rows.Count(r => r.Cell.Setting == setting && r.DivergedAt is not null);

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

        return rows is [.., var last] && last.Step == cell.Options.Run.Steps ? rows : throw new DataFileException(path,
            "this run is done, but its last scores are lost; delete its folder, and the same command trains it again.");
    }

    private ScoreValue RangeOf(SweepSetting setting, string score) =>
        ScoreKinds.ValuesOf(Plan.Cells.First(c => c.Setting == setting).Options).FirstOrDefault(v => v.Name == score)
            ?? new ScoreValue(score);
}
