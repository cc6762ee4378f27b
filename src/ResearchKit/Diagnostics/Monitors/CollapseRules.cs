using System.Globalization;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>What the moments of a training say. A verdict is told when it is that of two moments in a row, so that one look does not turn
/// it.</summary>
internal sealed class CollapseRules(CollapseThresholds thresholds)
{
    private readonly Queue<CollapseMoment> _window = [];
    private CollapseKind _seen = CollapseKind.Undecided;
    private long _seenSince;
    private CollapseKind _told = CollapseKind.Undecided;
    private long _toldSince;
    private long? _healthyUntil;
    private int _moments;
    private bool _wasMore; // than one place and one sample

    /// <summary>Takes the next moment.</summary>
    public CollapseVerdict See(CollapseMoment moment)
    {
        _moments++;
        _wasMore |= moment.Diversity > thresholds.FullDiversity && moment.Visited > thresholds.FullServed;
        _window.Enqueue(moment);
        if (_window.Count > thresholds.Window)
        {
            _window.Dequeue();
        }

        if (_moments < thresholds.Patience)
        {
            return new(CollapseKind.Undecided, moment.Step, 0, null,
                string.Create(CultureInfo.InvariantCulture, $"Too few looks to judge: {_moments} of {thresholds.Patience}."), "");
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
        return new(_told, moment.Step, _toldSince, _told == CollapseKind.Healthy ? null : _healthyUntil,
            CollapseWords.Evidence(_told, Typical(Lately()), _window.Peek(), _window.Count),
            CollapseWords.Advice(_told, _healthyUntil is not null));
    }

    private CollapseMoment[] Lately() => [.. _window.TakeLast(thresholds.Patience)];

    private CollapseKind Kind()
    {
        var lately = Typical(Lately());
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

    private static CollapseMoment Typical(CollapseMoment[] moments) => moments[^1] with
    {
        Finite = Median(moments, m => m.Finite), Served = Median(moments, m => m.Served), Visited = Median(moments, m => m.Visited),
            VisitedLately = Median(moments, m => m.VisitedLately),
        Turnover = Median(moments, m => m.Turnover), Coverage = Median(moments, m => m.Coverage),
            Precision = Median(moments, m => m.Precision), Diversity = Median(moments, m => m.Diversity),
            Duplicates = Median(moments, m => m.Duplicates), EffectiveRank = Median(moments, m => m.EffectiveRank),
    };

    private bool Cycles(CollapseMoment lately)
    {
        CollapseMoment[] all = [.. _window];
        return all.Length >= 4 && Math.Min(Median(all, m => m.Turnover), lately.Turnover) >= thresholds.CyclingTurnover
            && lately.Visited <= thresholds.CyclingVisited && lately.VisitedLately >= Median(all, m => m.Visited) + thresholds.CyclingGain;
    }

    // The later half of the window against the earlier one.
    private bool Rises(Func<CollapseMoment, double> value)
    {
        var all = _window.Select(value).ToArray();
        var half = all.Length / 2;
        return all[^half..].Average() >= all[..half].Average() + thresholds.Rise;
    }

    private static double Median(IReadOnlyCollection<CollapseMoment> moments, Func<CollapseMoment, double> value)
    {
        double[] sorted = [.. moments.Select(value).Where(double.IsFinite).Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
