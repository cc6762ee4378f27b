using static System.FormattableString;
using static ResearchKit.Diagnostics.Monitors.MonitorWords;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>What the moments of a training say. A verdict is told when it is that of two moments in a row, so that one look does not turn
/// it.</summary>
internal sealed class CollapseRules(CollapseThresholds thresholds)
{
    private readonly RecentList<CollapseMoment> _window = new(thresholds.Window);
    private CollapseKind _seen = CollapseKind.Undecided;
    private long _seenSince;
    private CollapseKind _told = CollapseKind.Undecided;
    private long _toldSince;
    private long? _healthyUntil;
    private int _moments;
    private bool _wasMore; // than one place and one sample

    /// <summary>The verdict before the first look.</summary>
    public static CollapseVerdict NotYet { get; } =
        new(CollapseKind.Undecided, 0, 0, "", "The generator has not been looked at yet.", "");

    /// <summary>Takes the next moment.</summary>
    public CollapseVerdict See(CollapseMoment moment)
    {
        _moments++;
        _wasMore |= moment.Diversity > thresholds.FullDiversity && moment.Visited > thresholds.FullServed;
        _window.Add(moment);
        if (_moments < thresholds.Patience)
        {
            return NotYet with { Step = moment.Step, Evidence = $"Too few looks to judge: {_moments} of {thresholds.Patience}." };
        }

        var kind = Kind();
        if (kind != _seen)
        {
            (_seen, _seenSince) = (kind, moment.Step);
        }
        else if (kind != _told)
        {
            (_told, _toldSince) = (kind, _seenSince);
        }

        if (_told == CollapseKind.Undecided)
        {
            (_told, _toldSince) = (kind, moment.Step);
        }

        _healthyUntil = _told == CollapseKind.Healthy && kind == CollapseKind.Healthy ? moment.Step : _healthyUntil;
        return Verdict(_told, moment.Step, _toldSince, _told == CollapseKind.Healthy ? null : _healthyUntil);
    }

    private CollapseKind Kind()
    {
        var lately = Lately();
        if (Cycles(lately))
        {
            return CollapseKind.Cycling;
        }

        var wasHealthy = _healthyUntil is not null; // what is lost after health was there: that it comes back is no lack of time
        var rises = !wasHealthy && (Rises(m => m.Served) || Rises(m => m.Visited) || Rises(m => m.Precision));
        var full = _wasMore || _moments >= thresholds.Grace ? CollapseKind.FullCollapse : CollapseKind.UnderTrained;
        var precise = lately.Precision >= thresholds.HealthyPrecision;
        return lately switch
        {
            { Finite: < 0.5 } => CollapseKind.FullCollapse,
            { Diversity: var d } when d <= thresholds.FullDiversity => full,
            { Visited: var v } when v <= thresholds.FullServed => rises ? CollapseKind.UnderTrained : full,
            { Visited: var v, Served: var s } when s < thresholds.WholeServed =>
                !rises && (precise || wasHealthy || v < thresholds.WholeServed) ? CollapseKind.PartialCollapse : CollapseKind.UnderTrained,
            _ => precise ? CollapseKind.Healthy : CollapseKind.UnderTrained,
        };
    }

    // The last looks in one: of each number the median.
    private CollapseMoment Lately()
    {
        CollapseMoment[] last = [.. _window.Items.TakeLast(thresholds.Patience)];
        return last[^1] with
        {
            Finite = Median(last, m => m.Finite),
            Served = Median(last, m => m.Served),
            Visited = Median(last, m => m.Visited),
            VisitedLately = Median(last, m => m.VisitedLately),
            Turnover = Median(last, m => m.Turnover),
            Coverage = Median(last, m => m.Coverage),
            Precision = Median(last, m => m.Precision),
            Diversity = Median(last, m => m.Diversity),
            Duplicates = Median(last, m => m.Duplicates),
            EffectiveRank = Median(last, m => m.EffectiveRank),
        };
    }

    private bool Cycles(CollapseMoment lately) =>
        _window.Items.Count >= 4 && Math.Min(Median(_window.Items, m => m.Turnover), lately.Turnover) >= thresholds.CyclingTurnover
        && lately.Visited <= thresholds.CyclingVisited
        && lately.VisitedLately >= Median(_window.Items, m => m.Visited) + thresholds.CyclingGain;

    // The later half of the window against the earlier one.
    private bool Rises(Func<CollapseMoment, double> value)
    {
        var all = _window.Items.Select(value).ToArray();
        var half = all.Length / 2;
        return all[^half..].Average() >= all[..half].Average() + thresholds.Rise;
    }

    private static double Median(IReadOnlyList<CollapseMoment> moments, Func<CollapseMoment, double> value)
    {
        double[] sorted = [.. moments.Select(value).Where(double.IsFinite).Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private CollapseVerdict Verdict(CollapseKind kind, long step, long since, long? healthyUntil)
    {
        var (what, advice) = kind switch
        {
            CollapseKind.FullCollapse => ("The generator has collapsed",
                "a lower learning rate, R1 with R2 on the relativistic pairing loss, and another loss than minimax; where D is right " +
                "about every sample, a slower D, else a faster one; go back to an earlier checkpoint, since a generator that gives one " +
                "sample seldom recovers"),
            CollapseKind.Cycling => ("The generator has been cycling between modes",
                "R1 (gamma 1), a lower learning rate of G, a faster D, or unrolled steps: D follows a generator that runs away from it"),
            CollapseKind.PartialCollapse => ("The generator has collapsed in part",
                "R1 with R2 on the relativistic pairing loss, packed samples or minibatch deviation in D, or a larger batch: something " +
                "must tell D that samples are missing"),
            CollapseKind.UnderTrained when healthyUntil is not null => ("The generator's samples have been poor",
                "an earlier checkpoint, and a lower learning rate from there"),
            CollapseKind.UnderTrained => ("The generator has been under-trained", "more steps before anything else"),
            _ => ("The generator is healthy", ""),
        };
        var when = kind == CollapseKind.Healthy ? $"at step {Number(step)}"
            : $"since step {Number(since)}" + (healthyUntil is { } until ? $", after it was healthy until step {Number(until)}" : "");
        return new CollapseVerdict(kind, step, since, $"{what} {when}", Evidence(kind, Lately()), advice) { HealthyUntil = healthyUntil };
    }

    // What was seen: medians of the last looks, beside the first look of the window.
    private string Evidence(CollapseKind kind, CollapseMoment now)
    {
        var (first, looks) = (_window.Items[0], _window.Items.Count);
        var places = $"{Percent(now.Served)} of the real samples lie where it gives at least a quarter of their share";
        var good = $"{Percent(Math.Min(1, now.Precision))} of what it gives is where real samples are";
        var apart = Invariant($"{now.Diversity:0.00} times as far apart");
        return kind switch
        {
            CollapseKind.FullCollapse when now.Finite < 0.5 =>
                $"{Percent(1 - now.Finite)} of its samples hold numbers that are NaN or infinite",
            CollapseKind.FullCollapse =>
                $"{places}, two of its samples are {apart} as two real ones, {Percent(now.Duplicates)} have a twin",
            CollapseKind.Cycling =>
                $"{Percent(now.Visited)} of the real samples lie where its samples are near, in the last {looks} looks together " +
                $"{Percent(now.VisitedLately)}, and from one look to the next {Percent(now.Turnover)} of its samples go elsewhere",
            CollapseKind.PartialCollapse => $"{places}, {Percent(first.Served)} did {looks - 1} looks ago; {good}",
            CollapseKind.UnderTrained =>
                $"{places} ({Percent(first.Served)} {looks - 1} looks ago), {good} ({Percent(Math.Min(1, first.Precision))}), two " +
                $"samples are {apart} as two real ones",
            _ => $"{places}, {good}, its samples are {apart}",
        };
    }

    private static string Percent(double share) => Share(share, "0");
}
