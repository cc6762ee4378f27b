namespace ResearchKit.Diagnostics.Monitors;

/// <summary>What a monitor saw in one look at the generator's samples beside real ones. All that its verdicts rest on.</summary>
/// <remarks>Shares are in [0, 1]. A place is a cell of k-means of the real samples; a generated sample counts for the nearest one, and lies
/// in it when it is at most half as far again from its centre as the place's farthest real sample (or, of a very narrow place, 5 % of the
/// mean distance of two real samples). Coverage, Precision, Diversity and Duplicates are of the first 250 samples.</remarks>
public sealed record CollapseMoment
{
    /// <summary>The step after which the samples were taken.</summary>
    public required long Step { get; init; }

    /// <summary>Share of the samples without a NaN or an infinite number.</summary>
    public double Finite { get; init; } = 1;

    /// <summary>Share of the real samples whose place the generator serves: puts at least <see cref="CollapseThresholds.ServedShare"/> of
    /// what the place has in reality into it.</summary>
    public required double Served { get; init; }

    /// <summary>Share of the real samples whose place is the nearest one to that many generated samples, in it or not: what samples come
    /// near, however poor they are. At least Served.</summary>
    public required double Visited { get; init; }

    /// <summary>The same for places that were visited in any of the last <see cref="CollapseThresholds.Window"/> moments.</summary>
    public required double VisitedLately { get; init; }

    /// <summary>Share of generated samples that would have to change their nearest place to have those of the moment before: total
    /// variation; NaN in the first moment.</summary>
    public required double Turnover { get; init; }

    /// <summary>Share of real samples with a generated one nearer than their 5th neighbour (coverage of arXiv:2002.09797, eq. 4); 250
    /// samples of a perfect generator cover about 0.87 of 500.</summary>
    public required double Coverage { get; init; }

    /// <summary>Share of generated samples that lie where real ones do, over what other real samples reach: 1 for a perfect generator, and
    /// a little above by chance.</summary>
    public required double Precision { get; init; }

    /// <summary>Mean distance of two generated samples, over that of two real ones.</summary>
    public required double Diversity { get; init; }

    /// <summary>Share of generated samples with a twin: another one nearer than nearly all (99 %) real samples are to each other.</summary>
    public required double Duplicates { get; init; }

    /// <summary>Effective rank of the generated samples' covariance, over the real ones'.</summary>
    public required double EffectiveRank { get; init; }
}
