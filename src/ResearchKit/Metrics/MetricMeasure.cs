using System.Globalization;

namespace ResearchKit.Metrics;

/// <summary>One estimator behind one or more values of a report.</summary>
/// <param name="Estimator">Its parameters, as protocols carry them.</param>
/// <param name="Precision">Its arithmetic.</param>
/// <param name="Seed">Its seed, or null.</param>
/// <param name="LooksAtReal">False where only the generated samples matter.</param>
/// <param name="Compute">Values by metric name; arguments are the generated and the real set.</param>
internal sealed record MetricMeasure(
    string Estimator,
    string Precision,
    long? Seed,
    bool LooksAtReal,
    Func<FeatureSet, FeatureSet, IReadOnlyList<(string Metric, double Value, double? Spread)>> Compute)
{
    private const string Float64 = "float64";

    /// <summary>The estimators that the options ask for.</summary>
    public static IReadOnlyList<MetricMeasure> Of(MetricOptions options)
    {
        (MetricKinds Kind, MetricMeasure Measure)[] all =
        [
            (MetricKinds.Frechet, Frechet()), (MetricKinds.Kernel, Kernel(options)), (MetricKinds.Classifier, Classifier(options)),
            (MetricKinds.PrecisionRecall, PrecisionAndRecall(options)), (MetricKinds.DensityCoverage, DensityAndCoverage(options)),
            (MetricKinds.Vendi, Vendi()), (MetricKinds.Mind, Mind(options)),
        ];
        return [.. all.Where(m => options.Kinds.HasFlag(m.Kind)).Select(m => m.Measure)];
    }

    private static MetricMeasure Frechet() =>
        new("all samples", Float64, null, true, (g, r) => [("frechet-distance", FrechetDistance.Of(g.Features, r.Features), null)]);

    private static MetricMeasure Kernel(MetricOptions o) => new(
        Invariant($"{o.KernelSubsets} subsets of {o.KernelSubsetSize}, cubic kernel"), Float64, o.Seed, true, (g, r) =>
        {
            var kid = KernelInceptionDistance.Subsets(g.Features, r.Features, o.KernelSubsets, o.KernelSubsetSize, o.Seed);
            return [("kernel-distance", kid.Mean, kid.StandardDeviation)];
        });

    private static MetricMeasure Classifier(MetricOptions o) => new(
        Invariant($"{o.ClassifierSplits} splits, shuffled"), Float64, o.Seed, false, (g, _) =>
        {
            var score = InceptionScore.Of(g.Logits!, o.ClassifierSplits, shuffle: true, o.Seed);
            return [("classifier-score", score.Mean, score.StandardDeviation)];
        });

    private static MetricMeasure PrecisionAndRecall(MetricOptions o) => new(
        Invariant($"k {o.PrecisionNeighbours}"), Float64, null, true, (g, r) =>
        {
            var value = PrecisionRecall.Of(g.Features, r.Features, o.PrecisionNeighbours);
            return [("precision", value.Precision, null), ("recall", value.Recall, null), ("f-score", value.FScore, null)];
        });

    private static MetricMeasure DensityAndCoverage(MetricOptions o) => new(
        Invariant($"k {o.CoverageNeighbours}"), Float64, null, true, (g, r) =>
        {
            var value = DensityCoverage.Of(g.Features, r.Features, o.CoverageNeighbours);
            return [("density", value.Density, null), ("coverage", value.Coverage, null)];
        });

    private static MetricMeasure Vendi() =>
        new("cosine kernel", Float64, null, false, (g, _) => [("vendi-score", VendiScore.OfFeatures(g.Features), null)]);

    private static MetricMeasure Mind(MetricOptions o) => new(
        Invariant($"{o.MindDirections} directions"), Float64, o.Seed, true, (g, r) =>
            [("mind", MindDistance.Of(g.Features, r.Features, o.MindDirections, o.Seed), null)]);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
