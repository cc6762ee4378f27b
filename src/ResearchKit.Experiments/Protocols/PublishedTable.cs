using System.Text;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Experiments.Protocols;

/// <summary>Published numbers against ours, for people.</summary>
public static class PublishedTable
{
    private const int Columns = 110;
    private const int Indent = 13;

    /// <summary>A block for each protocol, with a table of its numbers, and a line that counts them.</summary>
    public static string Text(IReadOnlyList<PublishedRow> rows)
    {
        var presets = PresetCatalog.All().ToDictionary(p => p.Name);
        return string.Join('\n', rows.GroupBy(r => r.Protocol).Select(g => Block(presets[g.Key], [.. g])).Append(Count(rows) + "\n"));
    }

    /// <summary>One table as Markdown, and what a reader of it must know.</summary>
    public static string Markdown(IReadOnlyList<PublishedRow> rows) => SweepSummary.Table(
        ["protocol", "method", "score", "published", "ours", "difference, 99 %", "a run takes"],
        rows.Select(r => (string[])
        [
            $"`{r.Protocol}`", r.Method.Length > 0 ? r.Method : "-", r.Score, $"{r.Published}",
            r.NotRun is null ? $"{r.Ours.Rounded()} ({r.SeedsText})" : $"not run: {r.NotRun}", r.DifferenceText, r.Time,
        ])) + $"\n{Legend(rows)}\n";

    private static string Block(Preset preset, IReadOnlyList<PublishedRow> rows)
    {
        var isQuick = preset.Protocol?.Form == PresetProtocol.Quick;
        var form = preset.Protocol is not { } protocol ? null
            : (isQuick ? $"{PublishedRow.QuickForm}, so no difference is told" : "exact") +
                $"; {protocol.Deviations.Count} deviations, which data/presets/{preset.Name}.json names";
        (string Name, IEnumerable<string?> Texts)[] notes =
        [
            ("what", [preset.Title]), ("form", [form]),
            ("published", rows.Select(r => r.Source + (r.Of is null ? "" : $" ({r.Of})"))),
            ("ours", rows.Select(Ours)),
            ("not run", rows.Where(r => r.NotRun is not null).GroupBy(r => r.NotRun).Select(g => $"{g.Key}; {Budget([.. g])}")),
            ("time", rows.Select(Timed)), ("command", [rows[0].Command]),
        ];
        var lines = notes.SelectMany(n => n.Texts.OfType<string>().Distinct().SelectMany(text => Wrapped(n.Name, text)));
        string[][] ours = rows.All(r => r.NotRun is not null) ? [.. rows.Select(_ => (string[])["", "", ""])]
            : [.. rows.Select(r => (string[])[r.NotRun is null ? r.Ours.Rounded() : "not run", $"{r.Seeds.Count} of {r.Runs}",
                isQuick ? "" : r.DifferenceText])];
        var table = Table([
            ["method", "score", "published", "ours", "runs", "difference [99 %]", "a run takes"],
            .. rows.Zip(ours, (r, o) => (string[])[r.Method, r.Score, $"{r.Published}", .. o, r.Time]),
        ]);
        return string.Concat(((string[])[preset.Name, .. lines, "", .. table]).Select(line => line.TrimEnd() + "\n"));
    }

    // Columns in which no row has anything are left out.
    private static IEnumerable<string> Table(string[][] cells)
    {
        var columns = Enumerable.Range(0, cells[0].Length).Where(c => cells.Skip(1).Any(row => row[c].Length > 0)).ToList();
        return cells.Select(row => "  " + string.Join("  ", columns.Select(c => row[c].PadRight(cells.Max(r => r[c].Length)))));
    }

    private static IEnumerable<string> Wrapped(string name, string text)
    {
        var line = new StringBuilder($"  {name}".PadRight(Indent - 1));
        foreach (var word in text.Split(' '))
        {
            if (line.Length + 1 + word.Length > Columns)
            {
                yield return $"{line}";
                line.Clear().Append(' ', Indent - 1);
            }

            line.Append(' ').Append(word);
        }

        yield return $"{line}";
    }

    private static string? Ours(PublishedRow row) => row.NotRun is not null ? null
        : $"mean ± standard error over {row.SeedsText}" +
            (row.Machine is { } machine ? $", on {machine}" : "; machine and time were not recorded");

    // Of several methods the cost of all their runs.
    private static string Budget(IReadOnlyList<PublishedRow> rows)
    {
        var (first, methods) = (rows[0], rows.DistinctBy(r => r.Method).ToList());
        var cost = methods.All(r => r.Cost is not null)
            ? SweepCost.Words(methods.Aggregate(TimeSpan.Zero, (sum, r) => sum + (r.Cost!.Value * r.Runs)))
            : Invariant($"{(double)first.Steps * first.Batch / 1e6:N0} million samples");
        var (several, each) = methods.Count > 1 ? ($"{methods.Count} methods, ", " each") : ("", "");
        var (runs, batch) = (first.Runs == 1 ? "run" : "runs", Range(methods.Select(r => r.Batch)));
        return Invariant($"{several}{first.Runs} {runs} of {first.Steps:N0} steps{each}, batch {batch}: {cost}");
    }

    private static string Range(IEnumerable<int> values) =>
        values.Min() is var least && values.Max() is var most && least == most ? $"{least}" : $"{least} to {most}";

    private static string? Timed(PublishedRow row) => row is not { Minutes: null, Step: { } step } ? null
        : $"steps x {(row.IsOnProcessor ? "processor seconds" : "seconds")} of a step, timed on {step.Machine}" +
            (step.Changed.Length > 0 ? $" ({step.Changed})" : "") + "; scores come on top";

    private static string Legend(IReadOnlyList<PublishedRow> rows)
    {
        string[] sentences =
        [
            "Mean ± standard error.",
            .. rows.Any(r => r.Form == PresetProtocol.Quick && r.NotRun is null)
                ? [$"A {PublishedRow.QuickForm}, so no difference is told."] : (string[])[],
            .. rows.Any(r => r is { Minutes: null, Cost: not null })
                ? ["\"About\": steps x what a step takes; `researchkit published` says on what."] : (string[])[],
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
