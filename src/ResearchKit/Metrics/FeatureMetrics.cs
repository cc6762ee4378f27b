using ResearchKit.Registers;
using static System.FormattableString;

namespace ResearchKit.Metrics;

/// <summary>The metrics that options name: the command's flags and help, the checks and the order of reports follow from these
/// lines.</summary>
public static class FeatureMetrics
{
    /// <summary>Every metric, in the order of reports.</summary>
    public static Register<Metric> All { get; } = new("metric",
        new("fid", "arXiv:1706.08500", "Fréchet distance of the features.", MetricNeeds.BothSets, IsSeeded: false,
            _ => "all samples",
            _ => new(2, "frechet-distance needs 2 samples of each set for a covariance"),
            (g, r, _, _) => [MetricValue.Distance("frechet-distance", FrechetDistance.Of(g.Features, r.Features))])
            {
                Interval = IntervalKind.Unlimited, LeaveOut = (g, r, stop) => FrechetDistance.LeaveOut(g.Features, r.Features, stop),
            },
        new("kid", "arXiv:1801.01401", "Kernel distance: 100 subsets of 1000.", MetricNeeds.BothSets, IsSeeded: true,
            o => Invariant($"{o.KernelSubsets} subsets of {o.KernelSubsetSize}, cubic kernel"),
            o => new(o.KernelSubsetSize, Invariant($"kernel-distance draws subsets of {o.KernelSubsetSize} samples of each set ") +
                "(--kid-subset-size makes them smaller)"),
            (g, r, _, o) => KernelInceptionDistance.Subsets(g.Features, r.Features, o.KernelSubsets, o.KernelSubsetSize, o.Seed).Values)
            {
                Replicate = (g, r, _, _) =>
                    new KernelInceptionDistance(KernelInceptionDistance.Unbiased(g.Features, r.Features), 0).Values,
            },
        new("isc", "arXiv:1606.03498", "Classifier score of the generated set, by the Inception Score's formula: 10 splits; a file of " +
            "floats is taken as logits, or as probabilities where its rows are such.", MetricNeeds.Logits, IsSeeded: true,
            o => Invariant($"{o.ClassifierSplits} splits, shuffled"),
            o => new(o.ClassifierSplits, Invariant($"classifier-score needs a sample for each of its {o.ClassifierSplits} splits")),
            (g, _, _, o) => InceptionScore.Of(g.Logits!, o.ClassifierSplits, shuffle: true, o.Seed).Values),
        new("accuracy", "arXiv:1807.09499", "Class accuracy: the share of generated samples in which the network sees the class that " +
            "they were asked for.", MetricNeeds.Logits, IsSeeded: false,
            _ => "the class of the greatest logit",
            _ => new(1, "class-accuracy needs a sample"),
            (g, _, _, _) => [MetricValue.Share("class-accuracy", ClassAccuracy.Of(g), MetricRole.Fidelity)])
            { Refuses = ClassAccuracy.WhyNot },
        new("prc", "arXiv:1904.06991", "Improved precision and recall, k 3.", MetricNeeds.BothSets, IsSeeded: false,
            o => Invariant($"k {o.PrecisionNeighbours}"),
            o => Neighbours("precision and recall", o.PrecisionNeighbours),
            (g, r, _, o) => PrecisionRecall.Of(g.Features, r.Features, o.PrecisionNeighbours).Values),
        new("prdc", "arXiv:2002.09797", "Density and coverage, k 5.", MetricNeeds.BothSets, IsSeeded: false,
            o => Invariant($"k {o.CoverageNeighbours}"),
            o => Neighbours("density and coverage", o.CoverageNeighbours),
            (g, r, _, o) => DensityCoverage.Of(g.Features, r.Features, o.CoverageNeighbours).Values),
        new("clipped", "arXiv:2507.01761", "Clipped Density and Clipped Coverage, k 5.", MetricNeeds.BothSets, IsSeeded: false,
            _ => "k 5, calibrated",
            _ => Neighbours("clipped-density and clipped-coverage", 5),
            (g, r, _, _) => DensityCoverageClipped.Of(g.Features, r.Features).Values)
            {
                Replicate = (g, r, _, _) => // a value that is cut at 1 does not vary
                {
                    var all = DensityCoverageClipped.Of(g.Features, r.Features);
                    return (all with { Density = all.UnclippedDensity }).Values;
                },
            },
        new("ppr", "arXiv:2309.01590", "Probabilistic precision and recall, k 4, scale 1.2.", MetricNeeds.BothSets, IsSeeded: false,
            _ => "k 4, scale 1.2",
            _ => Neighbours("probabilistic-precision and -recall", 4),
            (g, r, _, _) => PrecisionRecallProbabilistic.Of(g.Features, r.Features).Values),
        new("prcover", "PMLR 206 (AISTATS 2023)", "Precision and recall cover, k 3 of 9.", MetricNeeds.BothSets, IsSeeded: false,
            _ => "k 3 of 9",
            _ => Neighbours("precision-cover and recall-cover", 9),
            (g, r, _, _) => PrecisionRecallCover.Of(g.Features, r.Features).Values),
        new("vendi", "arXiv:2210.02410", "Vendi score of the generated set.", MetricNeeds.Generated, IsSeeded: false,
            _ => "cosine kernel",
            _ => new(1, "vendi-score needs a sample"),
            (g, _, _, _) => [new("vendi-score", VendiScore.OfFeatures(g.Features), MetricRole.Diversity, MetricAim.Higher, Least: 1)]),
        new("mind", "arXiv:2605.06797", "MIND, a sliced Wasserstein distance, 1000 directions.", MetricNeeds.BothSets, IsSeeded: true,
            o => Invariant($"{o.MindDirections} directions"),
            _ => new(2, "mind needs 2 samples of each set"),
            (g, r, _, o) => [MetricValue.Distance("mind", MindDistance.Of(g.Features, r.Features, o.MindDirections, o.Seed))])
            {
                Interval = IntervalKind.Unlimited,
                Replicate = (g, r, _, o) => // in the rows' own order: another draw of the larger set would be noise
                {
                    using var x = g.First(r.Count);
                    using var y = r.First(g.Count);
                    return [MetricValue.Distance("mind", MindDistance.Of(x.Features, y.Features, 100, o.Seed))];
                },
            },
        new("cmmd", "arXiv:2401.09603", "CMMD's formula for the features as they are: nearly blind to a collapse that keeps their mean.",
            MetricNeeds.BothSets, IsSeeded: false,
            _ => "Gaussian kernel, sigma 10, biased, times 1000",
            _ => new(2, "cmmd needs 2 samples of each set"),
            (g, r, _, _) => [MetricValue.Distance("cmmd", MaximumMeanDiscrepancy.Of(g.Features, r.Features))])
            {
                Interval = IntervalKind.Unlimited,
            },
        new("ct", "arXiv:2004.05675", "C_T, a test for copies of the training set (--train): far below 0 for copies.",
            MetricNeeds.Training, IsSeeded: true,
            _ => "3 cells",
            _ => new(3, "c-t needs 3 samples of each set"),
            (g, r, t, o) => [new("c-t", CopyingTest.Of(g.Features, r.Features, t!.Features, seed: o.Seed), MetricRole.Memorisation,
                MetricAim.Neither, Least: double.NegativeInfinity)]) { Interval = IntervalKind.None },
        new("auth", "arXiv:2102.08921", "Percentage of authentic samples, no copies of training samples (--train).",
            MetricNeeds.Training, IsSeeded: false,
            _ => "nearest training sample",
            _ => new(2, "auth-pct needs 2 samples of each set"),
            (g, _, t, _) => [new("auth-pct", Authenticity.Percent(g.Features, t!.Features), MetricRole.Memorisation, MetricAim.Neither,
                Most: 100)]),
        new("fld", "arXiv:2302.04440", "Feature likelihood divergence, which prefers samples from the centre, and its gap between " +
            "training set (--train) and real set: far below 0 for copies.", MetricNeeds.Training, IsSeeded: true,
            _ => "up to 50 epochs",
            _ => new(2, "fld and fld-gap need 2 samples of each set"),
            (g, r, t, o) => FeatureLikelihood.Of(g.Features, r.Features, t!.Features, o.Seed).Values) { Interval = IntervalKind.None });

    private static MetricMinimum Neighbours(string values, int k) =>
        new(k + 1, Invariant($"{values} need {k} neighbours of a sample in its own set, so {k + 1} samples of each"));
}
