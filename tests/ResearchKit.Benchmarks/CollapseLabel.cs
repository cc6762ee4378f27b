namespace ResearchKit.Benchmarks;

/// <summary>What a run is, by its truths alone: the rules were fixed before the monitor's verdicts on the seeds from 3 on were seen.
/// </summary>
/// <remarks>
/// A moment is good when all modes (all five kinds) are served and the quality suffices. Healthy is a run of which three of the last four
/// moments are good. Then, in this order: a run that is not good when the monitor must judge, was never healthy before, and becomes healthy
/// when it goes on (up to twice a whole run) is under-trained; one whose samples change their mode by 40 % and more from one moment to the
/// next (median of four), with few modes served at a time (at most 60 %) and more of them together, cycles; one that serves at most a
/// quarter of the modes has collapsed in full; one that serves fewer than all, in part. A collapse of a run that had been healthy is late,
/// whatever its kind. What is left (fewer than four moments, or all served, but poorly, and not healthy later) has no label, and is not
/// counted.
/// </remarks>
internal static class CollapseLabel
{
    public const int Lately = 4;

    public static readonly string[] Classes = ["Healthy", "UnderTrained", "PartialCollapse", "FullCollapse", "Cycling", "Late"];

    /// <summary>The label, or "None".</summary>
    /// <param name="at">The run.</param>
    /// <param name="truths">Its truths, in order, up to the end of its continuation.</param>
    public static string Of(CollapseCase at, IReadOnlyList<CollapseTruth> truths)
    {
        CollapseTruth[] seen = [.. truths.Where(t => t.Step <= at.Judged)];
        if (IsHealthy(at, seen))
        {
            return "Healthy";
        }

        if (Enumerable.Range(Lately, Math.Max(0, seen.Length - Lately)).Any(n => IsHealthy(at, seen[..n])))
        {
            return Collapse(seen) == "None" ? "None" : "Late";
        }

        return IsHealthyLater(at, truths) ? "UnderTrained" : Collapse(seen);
    }

    /// <summary>Whether nothing more can change a run's label: it is or was healthy.</summary>
    public static bool IsDecided(CollapseCase at, IReadOnlyList<CollapseTruth> truths) =>
        Enumerable.Range(1, truths.Count).Any(n => IsHealthy(at, [.. truths.Take(n)]));

    private static bool IsHealthy(CollapseCase at, CollapseTruth[] seen) =>
        seen.Length >= Lately && seen.TakeLast(Lately).Count(t => IsGood(at, t)) >= Lately - 1;

    private static bool IsHealthyLater(CollapseCase at, IReadOnlyList<CollapseTruth> truths) =>
        Enumerable.Range(1, truths.Count).Any(n => truths[n - 1].Step > at.Judged && IsHealthy(at, [.. truths.Take(n)]));

    private static bool IsGood(CollapseCase at, CollapseTruth t) =>
        t.Served > 0.99 && (at.HasPoints ? t.Quality >= 0.8 : t.Distance <= at.GoodDistance);

    private static string Collapse(CollapseTruth[] seen)
    {
        if (seen.Length < Lately)
        {
            return "None"; // it diverged too soon
        }

        var lately = seen.TakeLast(Lately).ToArray();
        var modes = lately[0].Shares.Length;
        var served = Median(lately.Select(t => t.Served));
        double Change(CollapseTruth a, CollapseTruth b) => a.Shares.Zip(b.Shares, (p, q) => Math.Abs(p - q)).Sum() / 2;
        var turnover = Median(seen.Zip(seen.Skip(1), Change).TakeLast(Lately));
        var together = Enumerable.Range(0, modes).Count(i => lately.Any(t => t.Shares[i] >= 0.25 / modes)) / (double)modes;
        return served switch
        {
            <= 0.6 when turnover >= 0.4 && together >= served + 0.2 => "Cycling",
            <= 0.25 => "FullCollapse",
            < 0.99 => "PartialCollapse",
            _ => "None",
        };
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
