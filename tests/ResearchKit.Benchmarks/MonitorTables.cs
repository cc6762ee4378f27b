using ResearchKit.Diagnostics.Monitors;

namespace ResearchKit.Benchmarks;

/// <summary>What became of one run, and what the monitor said of it.</summary>
/// <param name="Case">The run.</param>
/// <param name="Verdict">The last verdict.</param>
/// <param name="Since">Since which step.</param>
/// <param name="Distance">The generator's distance to the truth; NaN where there is no generator.</param>
/// <param name="Modes">Modes captured, of points.</param>
internal sealed record MonitorOutcome(MonitorCase Case, GameVerdictKind Verdict, long Since, double Distance, string Modes)
{
    /// <summary>The verdict that the run's making calls for.</summary>
    public string Truth => !Case.IsBad ? "Healthy" : Case.Family switch
    {
        "rate" => "Diverging",
        "critic" => "UnboundedCritic",
        _ => "DiscriminatorWon",
    };

    /// <summary>The verdict, with a training that broke off counted as one that diverged.</summary>
    public string Said => Verdict == GameVerdictKind.NotFinite ? "Diverging" : $"{Verdict}";

    /// <summary>Which trouble there is, and which was told.</summary>
    public Judgement Trouble => new(Case.Domain, Truth, Said);

    /// <summary>Whether there is trouble, and whether any was told.</summary>
    public Judgement AnyTrouble =>
        new(Case.Domain, $"{Case.IsBad}", $"{Verdict is not (GameVerdictKind.Healthy or GameVerdictKind.Undecided)}");
}

/// <summary>The tables of the monitor's benchmark: are the broken runs bad, and what was said of which.</summary>
internal static class MonitorTables
{
    private static readonly string[] Classes = ["Healthy", "Diverging", "UnboundedCritic", "DiscriminatorWon"];

    /// <summary>One row a run.</summary>
    public static string Csv(IReadOnlyList<MonitorOutcome> outcomes) =>
        string.Concat(outcomes.Select(Row).Prepend("domain,family,broken,seed,verdict,since,distance,modes,stopped\n"));

    public static string Of(IReadOnlyList<MonitorOutcome> outcomes)
    {
        var distances = outcomes.GroupBy(o => (o.Case.Domain, o.Case.Family)).Select(group =>
        {
            string All(bool bad) => string.Join(", ", group.Where(o => o.Case.IsBad == bad).Select(o => $"{o.Distance:G3}"));
            var ratios = group.Chunk(2).Select(twins => $"{twins[1].Distance / twins[0].Distance:G3}x");
            return $"| {group.Key.Domain}, {group.Key.Family} | {All(false)} | {All(true)} | {string.Join(", ", ratios)} |\n";
        });
        string[] said = [.. outcomes.Select(o => o.Said).Distinct().OrderBy(s => Array.IndexOf(Classes, s) is >= 0 and var i ? i : 99)];
        var anyTrouble = outcomes.Select(o => o.AnyTrouble).ToList();
        return "\n| runs | distance, healthy | distance, broken | broken over its twin |\n|---|---|---|---|\n" + string.Concat(distances)
            + $"\n{Judgement.Table("made as", Classes, said, [.. outcomes.Select(o => o.Trouble)])}\n"
            + Line("trouble or none", anyTrouble)
            + string.Concat(anyTrouble.GroupBy(j => j.Domain).Select(d => Line($"trouble or none, {d.Key}", [.. d])))
            + Line("which trouble", [.. outcomes.Select(o => o.Trouble)]);
    }

    private static string Line(string what, List<Judgement> those)
    {
        var (low, high) = Judgement.Wilson(those);
        return $"{what}: {those.Count(j => j.IsRight)} of {those.Count} right, " +
            $"balanced accuracy {Judgement.BalancedAccuracy(those):0.000} ({those.DistinctBy(j => j.Truth).Count()} classes), " +
            $"Wilson 95 % interval of the share right {low:0.000} to {high:0.000}\n";
    }

    private static string Row(MonitorOutcome o) =>
        $"{o.Case.Domain},{o.Case.Family},{(o.Case.IsBad ? 1 : 0)},{o.Case.Seed},{o.Verdict},{o.Since},{o.Distance:G5},{o.Modes}," +
        $"{(o.Verdict == GameVerdictKind.NotFinite ? 1 : 0)}\n";
}
