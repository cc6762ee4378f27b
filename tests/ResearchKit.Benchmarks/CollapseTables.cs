using ResearchKit.Diagnostics.Monitors;

namespace ResearchKit.Benchmarks;

/// <summary>What became of one run, and what the monitor said of it.</summary>
/// <param name="Case">The run.</param>
/// <param name="Label">What it is: one of <see cref="CollapseLabel.Classes"/>, or "None".</param>
/// <param name="Verdict">The last verdict.</param>
/// <param name="Truth">The truth at that moment.</param>
internal sealed record CollapseOutcome(CollapseCase Case, string Label, CollapseVerdict Verdict, CollapseTruth? Truth)
{
    /// <summary>The verdict's class: a late collapse is one of its own.</summary>
    public string Said => Verdict.IsLate ? "Late" : $"{Verdict.Kind}";
}

/// <summary>The tables of the collapse monitor's benchmark.</summary>
internal static class CollapseTables
{
    /// <summary>One row a run.</summary>
    public static string Csv(IReadOnlyList<CollapseOutcome> outcomes) => string.Concat(outcomes.Select(Row)
        .Prepend("domain,data,recipe,seed,judged,label,said,kind,since,healthy_until,true_served,true_quality,true_distance\n"));

    /// <summary>What was seen of a run in each look, beside what was true.</summary>
    public static string Looks(IReadOnlyList<CollapseTruth> truths, IReadOnlyList<CollapseMoment> moments)
    {
        var rows = from step in truths.Select(t => t.Step).Union(moments.Select(m => m.Step)).Order()
                   let t = truths.FirstOrDefault(t => t.Step == step)
                   let m = moments.FirstOrDefault(m => m.Step == step)
                   select $"    {step,4} | {t?.Served,4:0.00} {t?.Quality,4:0.00} {t?.Distance,5:0.0} | {m?.Served,4:0.00} " +
                       $"{m?.Visited,4:0.00} {m?.VisitedLately,4:0.00} {m?.Turnover,4:0.00} {m?.Coverage,4:0.00} " +
                       $"{m?.Precision,4:0.00} {m?.Diversity,4:0.00} {m?.EffectiveRank,4:0.00}\n";
        return string.Concat(rows.Prepend("    step | true: served quality distance | " +
            "seen: served visited lately turnover coverage precision diversity rank\n"));
    }

    /// <summary>Confusion table, balanced accuracy and Wilson's interval.</summary>
    public static string Of(IReadOnlyList<CollapseOutcome> outcomes)
    {
        var counted = outcomes.Where(o => o.Label != "None").ToList();
        var table = Judgement.Table("label", CollapseLabel.Classes, [.. CollapseLabel.Classes, "Undecided"],
            [.. counted.Select(Judge)]);
        var lines = counted.GroupBy(o => o.Case.Domain).Select(d => Line($"six classes, {d.Key}", [.. d]))
            .Prepend(counted.Count == 0 ? "" : Line("six classes", counted));
        return $"\n{table}\n{outcomes.Count - counted.Count} of {outcomes.Count} runs have no label and are not counted\n"
            + string.Concat(lines);
    }

    private static string Line(string what, IReadOnlyList<CollapseOutcome> those)
    {
        Judgement[] judged = [.. those.Select(Judge)];
        var (low, high) = Judgement.Wilson(judged);
        var (least, most) = Bootstrap(those);
        return $"{what}: {judged.Count(j => j.IsRight)} of {judged.Length} right, Wilson 95 % interval {low:0.000} to {high:0.000}; " +
            $"balanced accuracy {Judgement.BalancedAccuracy(judged):0.000} ({judged.DistinctBy(j => j.Truth).Count()} classes), " +
            $"95 % interval over ways to play {least:0.000} to {most:0.000}\n";
    }

    // Runs of one way to play end alike: what is drawn again, with replacement, is ways.
    private static (double Low, double High) Bootstrap(IReadOnlyList<CollapseOutcome> those)
    {
        const int draws = 2000;
        var random = new Random(0);
        var ways = those.GroupBy(o => (o.Case.Domain, o.Case.Recipe)).Select(g => g.Select(Judge).ToArray()).ToArray();
        double[] values = [.. Enumerable.Range(0, draws)
            .Select(_ => Judgement.BalancedAccuracy(random.GetItems(ways, ways.Length).SelectMany(w => w))).Order()];
        return (values[draws / 40], values[^(draws / 40)]);
    }

    private static Judgement Judge(CollapseOutcome o) => new(o.Case.Domain, o.Label, o.Said);

    private static string Row(CollapseOutcome o) =>
        $"{o.Case.Domain},{o.Case.Data},{o.Case.Recipe},{o.Case.Seed},{o.Case.Judged},{o.Label},{o.Said},{o.Verdict.Kind}," +
        $"{o.Verdict.Since},{o.Verdict.HealthyUntil},{o.Truth?.Served:0.###},{o.Truth?.Quality:0.###},{o.Truth?.Distance:G4}\n";
}
