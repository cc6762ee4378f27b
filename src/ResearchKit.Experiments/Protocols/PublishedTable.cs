using System.Text;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Experiments.Protocols;

/// <summary>Published numbers against ours, for people.</summary>
public static class PublishedTable
{
    /// <summary>A block for each protocol, with a table of its numbers, and a line that counts them.</summary>
    public static string Text(IReadOnlyList<PublishedRow> rows)
    {
        var titles = PresetCatalog.All().ToDictionary(p => p.Name, p => p.Title);
        var blocks = rows.GroupBy(r => r.Protocol).Select(g => Block(titles.GetValueOrDefault(g.Key, ""), [.. g]));
        return string.Join('\n', blocks.Append(Count(rows) + "\n"));
    }

    /// <summary>One table as Markdown, and what a reader of it must know.</summary>
    public static string Markdown(IReadOnlyList<PublishedRow> rows) => SweepSummary.Table(
        ["protocol", "method", "score", "published", "ours (seeds)", "difference, 99 %", "a run takes"],
        rows.Select(r => (string[])
        [
            $"`{r.Protocol}`", r.Method.Length > 0 ? r.Method : "-", r.Score, $"{r.Published}",
            r.NotRun is null ? $"{r.Ours.Rounded()} ({r.SeedsText})" : $"not run: {r.NotRun}", r.DifferenceText, r.Time,
        ])) + "\n" + Legend(rows) + "\n";

    private static string Block(string title, IReadOnlyList<PublishedRow> rows)
    {
        var (first, text) = (rows[0], new StringBuilder());
        Line(first.Protocol);
        Line($"  {title}");
        foreach (var (name, values) in ((string, IEnumerable<string?>)[])
            [("published", rows.Select(r => r.Source + (r.Of is null ? "" : $" ({r.Of})"))), ("ours", rows.Select(Ours)),
                ("not run", rows.Select(r => r.NotRun is { } why ? $"{why}; {Budget(r)}" : null)), ("time", rows.Select(Timed))])
        {
            values.OfType<string>().Distinct().ToList().ForEach(v => Line($"  {name,-10} {v}"));
        }

        Line($"  {"command",-10} {first.Command}");
        Line("");
        string[][] cells =
        [
            ["method", "score", "published", "ours", "runs", "difference [99 %]", "a run takes"],
            .. rows.Select(r => (string[])[r.Method, r.Score, $"{r.Published}", r.NotRun is null ? r.Ours.Rounded() : "not run",
                $"{r.Seeds.Count} of {r.Runs}", r.DifferenceText, r.Time]),
        ];
        var columns = Enumerable.Range(0, cells[0].Length).Where(c => cells.Skip(1).Any(row => row[c].Length > 0)).ToList();
        var widths = columns.ToDictionary(c => c, c => cells.Max(row => row[c].Length));
        foreach (var row in cells)
        {
            Line("  " + string.Join("  ", columns.Select(c => row[c].PadRight(widths[c]))));
        }

        return text.ToString();

        void Line(string line) => text.Append(line.TrimEnd()).Append('\n');
    }

    private static string? Ours(PublishedRow row) => row.NotRun is not null ? null
        : $"mean ± standard error over the seeds {row.SeedsText}" +
            (row.Machine is { } machine ? $" on {machine}" : "; machine and time were not recorded") +
            (row.Form == PresetProtocol.Quick ? $"\n             {PublishedRow.QuickForm}, so no difference is told" : "");

    private static string Budget(PublishedRow row) => Invariant(
        $"{row.Runs} {(row.Runs == 1 ? "run" : "runs")} of {row.Steps:N0} steps, batch {row.Batch}") +
        (row.Cost is { } cost && row.Runs > 1 ? $": {SweepCost.Words(cost * row.Runs)}" : "");

    private static string? Timed(PublishedRow row) => row is { Minutes: null, Step: { } step }
        ? $"\"about\": steps x {(row.Step.Machine.Contains('x', StringComparison.Ordinal) ? "processor seconds" : "seconds")} of a step, " +
            $"timed on {step.Machine}" + (step.Changed.Length > 0 ? $" ({step.Changed})" : "")
        : null;

    private static string Legend(IReadOnlyList<PublishedRow> rows)
    {
        string[] sentences =
        [
            "Mean ± standard error.",
            .. rows.Any(r => r.Form == PresetProtocol.Quick && r.NotRun is null)
                ? [$"A {PublishedRow.QuickForm}, so no difference is told."] : (string[])[],
            .. rows.Any(r => r is { Minutes: null, Cost: not null })
                ? ["\"About\": steps x what a step was timed to take; `researchkit published` says where."] : (string[])[],
        ];
        return string.Join(' ', sentences);
    }

    private static string Count(IReadOnlyList<PublishedRow> rows)
    {
        var run = rows.Count(r => r.NotRun is null);
        return $"{rows.Count} published numbers of {rows.Select(r => r.Protocol).Distinct().Count()} protocols: ours stand beside {run}, " +
            $"{rows.Count - run} were not run.";
    }
}
