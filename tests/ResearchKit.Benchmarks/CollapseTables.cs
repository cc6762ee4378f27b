using System.Globalization;
using System.Text;
using ResearchKit.Diagnostics.Monitors;

namespace ResearchKit.Benchmarks;

/// <summary>The tables of the collapse monitor's benchmark.</summary>
internal static class CollapseTables
{
    /// <summary>One row a run.</summary>
    public static string Csv(IReadOnlyList<CollapseOutcome> outcomes) =>
        string.Concat(outcomes.Select(Row)
            .Prepend("domain,data,recipe,seed,judged,label,said,kind,since,healthy_until,true_served,true_quality,true_distance\n"));

    /// <summary>What was seen of a run in each look, beside what was true.</summary>
    public static string Looks(IReadOnlyList<CollapseTruth> truths, IReadOnlyList<CollapseMoment> moments)
    {
        var text = new StringBuilder("    step | true: served quality distance | seen: served visited lately turnover coverage " +
            "precision diversity rank\n");
        foreach (var step in truths.Select(t => t.Step).Union(moments.Select(m => m.Step)).Order())
        {
            var (t, m) = (truths.FirstOrDefault(t => t.Step == step), moments.FirstOrDefault(m => m.Step == step));
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"    {step,4} | {t?.Served,4:0.00} {t?.Quality,4:0.00} {t?.Distance,5:0.0} | {m?.Served,4:0.00} {m?.Visited,4:0.00} " +
                    $"{m?.VisitedLately,4:0.00} {m?.Turnover,4:0.00} {m?.Coverage,4:0.00} {m?.Precision,4:0.00} {m?.Diversity,4:0.00} " +
                    $"{m?.EffectiveRank,4:0.00}"));
        }

        return text.ToString();
    }

    /// <summary>Confusion table, balanced accuracy and Wilson's interval.</summary>
    public static string Of(IReadOnlyList<CollapseOutcome> outcomes)
    {
        var text = new StringBuilder("\n");
        var counted = outcomes.Where(o => o.Label != "None").ToList();
        string[] said = [.. CollapseLabel.Classes.Append("Undecided")];
        text.AppendLine($"| label | runs | {string.Join(" | ", said.Select(s => $"said: {s}"))} |")
            .AppendLine($"|---|---|{string.Concat(said.Select(_ => "---|"))}");
        foreach (var (label, domain) in CollapseLabel.Classes.SelectMany(c => new[] { (c, "points"), (c, "pictures") }))
        {
            var those = counted.Where(o => o.Label == label && o.Case.Domain == domain).ToList();
            text.AppendLine($"| {label}, {domain} | {those.Count} | {string.Join(" | " +
                "", said.Select(s => those.Count(o => o.Said == s)))} |");
        }

        text.AppendLine().AppendLine($"{outcomes.Count - counted.Count} of {outcomes.Count} runs have no label and are not counted");
        Line("six classes", counted);
        foreach (var domain in counted.GroupBy(o => o.Case.Domain))
        {
            Line($"six classes, {domain.Key}", [.. domain]);
        }

        return text.ToString();

        void Line(string what, IReadOnlyList<CollapseOutcome> those)
        {
            if (those.Count == 0)
            {
                return;
            }

            var hits = those.Count(o => o.Said == o.Label);
            var (low, high) = MonitorTables.Wilson(hits, those.Count);
            var (least, most) = Bootstrap(those);
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {hits} of {those.Count} right, Wilson 95 % interval {low:0.000} to {high:0.000}; balanced accuracy " +
                    $"{Balanced(those):0.000} ({those.Select(o => o.Label).Distinct().Count()} classes), 95 % interval over ways to " +
                    $"play {least:0.000} to {most:0.000}"));
        }
    }

    private static double Balanced(IEnumerable<CollapseOutcome> those) =>
        those.GroupBy(o => o.Label).Average(g => g.Average(o => o.Said == o.Label ? 1.0 : 0));

    // Runs of one way to play end alike: what is drawn again, with replacement, is ways.
    private static (double Low, double High) Bootstrap(IReadOnlyList<CollapseOutcome> those)
    {
        const int draws = 2000;
        var random = new Random(0);
        var ways = those.GroupBy(o => (o.Case.Domain, o.Case.Recipe)).Select(g => g.ToArray()).ToArray();
        double[] values = [.. Enumerable.Range(0, draws).Select(_ => Balanced(random.GetItems(ways, ways.Length).SelectMany(w => w)))
            .Order()];
        return (values[draws / 40], values[^(draws / 40)]);
    }

    private static string Row(CollapseOutcome o) => string.Create(
        CultureInfo.InvariantCulture,
        $"{o.Case.Domain},{o.Case.Data},{o.Case.Recipe},{o.Case.Seed},{o.Case.Judged},{o.Label},{o.Said},{o.Verdict.Kind},{o.Verdict.Since},{o.Verdict.HealthyUntil},{o.Truth?.Served:0.###},{o.Truth?.Quality:0.###},{o.Truth?.Distance:G4}\n");
}
