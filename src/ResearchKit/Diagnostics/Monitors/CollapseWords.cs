using System.Globalization;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>The words of verdicts: what was seen, with numbers, and what to try.</summary>
internal static class CollapseWords
{
    public static string Advice(CollapseKind kind, bool wasHealthy) => kind switch
    {
        CollapseKind.FullCollapse =>
            "a lower learning rate, R1 with R2 on the relativistic pairing loss, and another loss than minimax; where D is right about " +
                "every sample, a slower D, else a faster one; go back to an earlier checkpoint, since a generator that gives one sample " +
                "seldom recovers",
        CollapseKind.Cycling =>
            "R1 (gamma 1), a lower learning rate of G, a faster D, or unrolled steps: D follows a generator that runs away from it",
        CollapseKind.PartialCollapse =>
            "R1 with R2 on the relativistic pairing loss, packed samples or minibatch deviation in D, or a larger batch: something must " +
                "tell D that samples are missing",
        CollapseKind.UnderTrained when wasHealthy => "an earlier checkpoint, and a lower learning rate from there",
        CollapseKind.UnderTrained => "more steps before anything else",
        _ => "",
    };

    /// <summary>What was seen: medians of the last looks, beside the first look of the window.</summary>
    public static string Evidence(CollapseKind kind, CollapseMoment now, CollapseMoment first, int looks)
    {
        var good = Share(Math.Min(1, now.Precision));
        var places = string.Create(CultureInfo.InvariantCulture,
            $"{Share(now.Served)} of the real samples lie where it gives at least a quarter of their share");
        return kind switch
        {
            CollapseKind.FullCollapse when now.Finite < 0.5 =>
                string.Create(CultureInfo.InvariantCulture,
                    $"{Share(1 - now.Finite)} of its samples hold numbers that are NaN or infinite"),
            CollapseKind.FullCollapse =>
                string.Create(CultureInfo.InvariantCulture,
                    $"{places}, two of its samples are {now.Diversity:0.00} times as far apart as two real ones, " +
                    $"{Share(now.Duplicates)} have a twin"),
            CollapseKind.Cycling =>
                string.Create(CultureInfo.InvariantCulture,
                    $"{Share(now.Visited)} of the real samples lie where its samples are near, in the last {looks} looks together " +
                    $"{Share(now.VisitedLately)}, ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"and from one look to the next {Share(now.Turnover)} of its samples go elsewhere"),
            CollapseKind.PartialCollapse =>
                string.Create(CultureInfo.InvariantCulture,
                    $"{places}, {Share(first.Served)} did {looks - 1} looks ago; {good} of what it gives is where real samples are"),
            CollapseKind.UnderTrained =>
                string.Create(CultureInfo.InvariantCulture,
                    $"{places} ({Share(first.Served)} {looks - 1} looks ago), {good} of what it gives is where real samples are ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"({Share(Math.Min(1, first.Precision))}), two samples are {now.Diversity:0.00} times as far apart as two real " +
                    $"ones"),
            _ =>
                string.Create(CultureInfo.InvariantCulture,
                    $"{places}, {good} of what it gives is where real samples are, its samples are {now.Diversity:0.00} times as far " +
                    $"apart"),
        };
    }

    private static string Share(double share) =>
        double.IsNaN(share) ? "an unknown share" : string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");
}
