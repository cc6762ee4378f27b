using ResearchKit.Registers;
using static System.FormattableString;

namespace ResearchKit.Metrics;

/// <summary>What a metric looks at.</summary>
public enum MetricNeeds
{
    /// <summary>Features of both sets.</summary>
    BothSets,

    /// <summary>Features of the generated set only.</summary>
    Generated,

    /// <summary>Class logits of the generated set only.</summary>
    Logits,
}

/// <summary>One value of a metric.</summary>
/// <param name="Metric">The value's name in reports and protocols.</param>
/// <param name="Value">The value.</param>
/// <param name="Spread">Its standard deviation over subsets or splits; null where the estimator has none.</param>
public readonly record struct MetricValue(string Metric, double Value, double? Spread = null);

/// <summary>A metric of feature sets.</summary>
/// <param name="Name">Its name in options and on the command line.</param>
/// <param name="Paper">Where it was published.</param>
/// <param name="Title">What it is, for the command line's help.</param>
/// <param name="Needs">What it looks at.</param>
/// <param name="IsSeeded">Whether it draws anything.</param>
/// <param name="Estimator">The estimator with its parameters, as protocols carry them.</param>
/// <param name="Compute">Its values for a generated and a real set.</param>
public sealed record Metric(string Name, string Paper, string Title, MetricNeeds Needs, bool IsSeeded,
    Func<MetricOptions, string> Estimator, Func<FeatureSet, FeatureSet, MetricOptions, IReadOnlyList<MetricValue>> Compute) : INamed;

/// <summary>The metrics that options name: the command's flags and help, the checks and the order of reports follow from these
/// lines.</summary>
public static class FeatureMetrics
{
    /// <summary>Every metric, in the order of reports.</summary>
    public static Register<Metric> All { get; } = new("metric",
        new("fid", "arXiv:1706.08500", "Fréchet distance of the features.", MetricNeeds.BothSets, IsSeeded: false,
            _ => "all samples",
            (g, r, _) => [new("frechet-distance", FrechetDistance.Of(g.Features, r.Features))]),
        new("kid", "arXiv:1801.01401", "Kernel distance: 100 subsets of 1000.", MetricNeeds.BothSets, IsSeeded: true,
            o => Invariant($"{o.KernelSubsets} subsets of {o.KernelSubsetSize}, cubic kernel"),
            (g, r, o) => KernelInceptionDistance.Subsets(g.Features, r.Features, o.KernelSubsets, o.KernelSubsetSize, o.Seed).Values),
        new("isc", "arXiv:1606.03498", "Classifier score of the generated set, by the Inception Score's formula: 10 splits; a file of " +
            "floats is taken as logits.", MetricNeeds.Logits, IsSeeded: true,
            o => Invariant($"{o.ClassifierSplits} splits, shuffled"),
            (g, _, o) => InceptionScore.Of(g.Logits!, o.ClassifierSplits, shuffle: true, o.Seed).Values),
        new("prc", "arXiv:1904.06991", "Improved precision and recall, k 3.", MetricNeeds.BothSets, IsSeeded: false,
            o => Invariant($"k {o.PrecisionNeighbours}"),
            (g, r, o) => PrecisionRecall.Of(g.Features, r.Features, o.PrecisionNeighbours).Values),
        new("prdc", "arXiv:2002.09797", "Density and coverage, k 5.", MetricNeeds.BothSets, IsSeeded: false,
            o => Invariant($"k {o.CoverageNeighbours}"),
            (g, r, o) => DensityCoverage.Of(g.Features, r.Features, o.CoverageNeighbours).Values),
        new("vendi", "arXiv:2210.02410", "Vendi score of the generated set.", MetricNeeds.Generated, IsSeeded: false,
            _ => "cosine kernel",
            (g, _, _) => [new("vendi-score", VendiScore.OfFeatures(g.Features))]),
        new("mind", "arXiv:2605.06797", "MIND, a sliced Wasserstein distance, 1000 directions.", MetricNeeds.BothSets, IsSeeded: true,
            o => Invariant($"{o.MindDirections} directions"),
            (g, r, o) => [new("mind", MindDistance.Of(g.Features, r.Features, o.MindDirections, o.Seed))]));
}
