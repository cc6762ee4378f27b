using ResearchKit.Diagnostics.Monitors;

namespace ResearchKit.Tests.Diagnostics.Monitors;

/// <summary>What is said of given moments. Whether the moments are right, CollapseMonitorTests asks; how often the verdicts are, the
/// benchmark `collapse-monitor`.</summary>
public class CollapseVerdictTests
{
    [Fact]
    public void All_served_by_samples_like_real_ones_is_healthy_and_two_looks_decide_nothing()
    {
        var verdict = Judge(2, i => Moment(i));
        Assert.Equal(CollapseKind.Undecided, verdict.Kind);
        Assert.Equal("Too few looks to judge: 2 of 3.", verdict.ToString());
        verdict = Judge(10, i => Moment(i));
        Assert.Equal((CollapseKind.Healthy, false), (verdict.Kind, verdict.IsCollapse));
        Assert.StartsWith("The generator is healthy at step 1,000: 100 % of the real samples lie where it gives at least a quarter of " +
            "their share, 95 % of what it gives is where real samples are", verdict.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Places_that_stay_empty_are_a_partial_collapse()
    {
        var verdict = Judge(10, i => Moment(i, served: 0.62));
        Assert.Equal((CollapseKind.PartialCollapse, true, false), (verdict.Kind, verdict.IsCollapse, verdict.IsLate));
        Assert.Contains("has collapsed in part since step 300: 62 % of the real samples lie where it gives at least a quarter of their " +
            "share", verdict.ToString(), StringComparison.Ordinal);
        Assert.Contains("; try R1 with R2", verdict.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Very_few_places_or_samples_all_alike_are_a_full_collapse()
    {
        Assert.Equal(CollapseKind.FullCollapse, Judge(10, i => Moment(i, served: 0.12, diversity: 0.4)).Kind);
        var alike = Judge(10, i => Moment(i, served: 0.6, diversity: 0.02, duplicates: 0.99));
        Assert.Equal(CollapseKind.FullCollapse, alike.Kind);
        Assert.Contains("two of its samples are 0.02 times as far apart as two real ones, 99 % have a twin", alike.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Few_places_at_a_time_and_others_later_is_cycling()
    {
        var verdict = Judge(10, i => Moment(i, served: 0.05, visited: 0.15, lately: 0.8, turnover: 0.9));
        Assert.Equal(CollapseKind.Cycling, verdict.Kind);
        Assert.Contains("15 % of the real samples lie where its samples are near, in the last 6 looks together 80 %, and from one look " +
            "to the next 90 % of its samples go elsewhere", verdict.ToString(), StringComparison.Ordinal);
        // to and fro inside the same places
        Assert.Equal(CollapseKind.FullCollapse, Judge(10, i => Moment(i, served: 0.15, lately: 0.15, turnover: 0.9)).Kind);
        // most is there at each time
        Assert.Equal(CollapseKind.PartialCollapse, Judge(10, i => Moment(i, served: 0.7, lately: 1, turnover: 0.9)).Kind);
        // it did, and has come to rest
        Assert.Equal(CollapseKind.PartialCollapse,
            Judge(10, i => Moment(i, served: 0.35, lately: 0.9, turnover: i <= 7 ? 0.9 : 0.05)).Kind);
    }

    [Fact]
    public void What_gets_better_is_under_trained()
    {
        var verdict = Judge(4, i => Moment(i, served: 0.2 * i, precision: 0.15 * i));
        Assert.Equal(CollapseKind.UnderTrained, verdict.Kind);
        Assert.Contains("60 % of the real samples lie where it gives at least a quarter of their share (20 % 3 looks ago), 45 % of what " +
            "it gives is where real samples are (15 %), two samples are 1.00 times as far apart as two real ones; try more steps",
            verdict.ToString(), StringComparison.Ordinal);
        Assert.Equal(CollapseKind.UnderTrained, Judge(10, i => Moment(i, precision: 0.3)).Kind); // all served, but smeared
    }

    [Fact]
    public void What_is_near_to_all_places_and_in_few_is_smeared_while_good_samples_beside_empty_places_are_a_collapse()
    {
        Assert.Equal(CollapseKind.UnderTrained, Judge(10, i => Moment(i, served: 0.1, visited: 1, precision: 0.1)).Kind);
        Assert.Equal(CollapseKind.PartialCollapse, Judge(10, i => Moment(i, served: 0.8, visited: 1, precision: 0.95)).Kind);
    }

    [Fact]
    public void What_comes_back_after_health_is_still_lost()
    {
        static CollapseMoment Lost(int i) => Moment(i, served: Math.Clamp(0.1 * (i - 10), 0, 0.8));
        Assert.Equal((CollapseKind.PartialCollapse, true),
            (Judge(18, i => i <= 12 ? Moment(i) : Lost(i)).Kind, Judge(18, i => i <= 12 ? Moment(i) : Lost(i)).IsLate));
        Assert.Equal(CollapseKind.UnderTrained, Judge(18, Lost).Kind); // never healthy: it gets better
    }

    [Fact]
    public void A_collapse_after_health_says_until_when_it_was_healthy()
    {
        var verdict = Judge(20, i => i <= 12 ? Moment(i) : Moment(i, served: 0.12, diversity: 0.1));
        Assert.Equal((CollapseKind.FullCollapse, true), (verdict.Kind, verdict.IsLate));
        Assert.Contains($"since step {verdict.Since:N0}, after it was healthy until step {verdict.HealthyUntil:N0}", verdict.ToString(),
            StringComparison.Ordinal);
        Assert.Equal((1300, 1400), (verdict.HealthyUntil, verdict.Since)); // the median of three looks turns with the second bad one
        // and it is over when it is over
        Assert.Null(Judge(30, i => i is <= 12 or > 20 ? Moment(i) : Moment(i, served: 0.12)).HealthyUntil);
    }

    [Fact]
    public void One_sample_from_the_start_is_under_trained_for_eight_looks_and_a_collapse_at_once_where_there_was_more()
    {
        static CollapseMoment One(int i) => Moment(i, served: 0.1, diversity: 0.01);
        Assert.Equal([CollapseKind.UnderTrained, CollapseKind.FullCollapse], ((int[])[8, 9]).Select(n => Judge(n, One).Kind));
        Assert.Equal(CollapseKind.FullCollapse, Judge(6, i => i <= 2 ? Moment(i, served: 0.5) : One(i)).Kind);
        Assert.Equal(CollapseKind.FullCollapse, Judge(4, i => One(i) with { Finite = 0.2 }).Kind);
        Assert.Contains("80 % of its samples hold numbers that are NaN or infinite", Judge(4, i => One(i) with { Finite = 0.2 }).ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_becomes_poor_after_health_says_so()
    {
        Assert.Equal(CollapseKind.PartialCollapse,
            Judge(20, i => i <= 12 ? Moment(i) : Moment(i, served: 0.1, visited: 1, precision: 0.1)).Kind);
        var poor = Judge(20, i => i <= 12 ? Moment(i) : Moment(i, precision: 0.3));
        Assert.Equal((CollapseKind.UnderTrained, 1300L), (poor.Kind, poor.HealthyUntil));
        Assert.StartsWith("The generator's samples have been poor since step 1,400, after it was healthy until step 1,300", poor.ToString(),
            StringComparison.Ordinal);
        Assert.EndsWith("try an earlier checkpoint, and a lower learning rate from there.", poor.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_comes_near_to_more_and_more_places_is_under_trained() =>
        Assert.Equal(CollapseKind.UnderTrained, Judge(10, i => Moment(i, served: 0, visited: 0.08 * i, precision: 0.1)).Kind);

    [Fact]
    public void One_odd_look_turns_no_verdict() =>
        Assert.Equal(CollapseKind.Healthy, Judge(20, i => Moment(i, served: i == 19 ? 0.1 : 1, turnover: i == 19 ? 0.9 : 0.05)).Kind);

    [Fact]
    public void A_threshold_out_of_range_or_no_moment_is_refused()
    {
        Assert.Contains("The option patience is 7; it must be in [2, 6]",
            Assert.Throws<ArgumentException>(() => Judge(3, i => Moment(i), new() { Patience = 7 })).Message, StringComparison.Ordinal);
        Assert.Contains("The option window is 3; it must be a whole number in [4, 1000]",
            Assert.Throws<ArgumentException>(() => Judge(3, i => Moment(i), new() { Window = 3 })).Message, StringComparison.Ordinal);
        Assert.Contains("no moment to judge", Assert.Throws<ArgumentException>(() => CollapseMonitor.Judge([])).Message,
            StringComparison.Ordinal);
    }

    private static CollapseVerdict Judge(int count, Func<int, CollapseMoment> moment, CollapseThresholds? thresholds = null) =>
        CollapseMonitor.Judge([.. Enumerable.Range(1, count).Select(moment)], thresholds);

    private static CollapseMoment Moment(int index, double served = 1, double? visited = null, double? lately = null,
        double turnover = 0.05, double precision = 0.95, double diversity = 1, double duplicates = 0.01) => new()
    {
        Step = 100 * index, Served = served, Visited = visited ?? served, VisitedLately = lately ?? visited ?? served, Turnover = index == 1
            ? double.NaN
            : turnover, Coverage = 0.9 * served, Precision = precision, Diversity = diversity, Duplicates = duplicates, EffectiveRank = 1,
    };
}
