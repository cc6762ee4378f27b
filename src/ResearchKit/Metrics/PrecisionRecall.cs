namespace ResearchKit.Metrics;

/// <summary>Improved precision and recall: how much of the generated set lies among the real samples, and how much of the real set among
/// the generated ones.</summary>
/// <param name="Precision">Share of generated samples within the neighbourhood of at least one real sample, in [0, 1].</param>
/// <param name="Recall">Share of real samples within the neighbourhood of at least one generated sample, in [0, 1].</param>
/// <param name="FScore">Their harmonic mean.</param>
/// <remarks>Kynkäänniemi et al., arXiv:1904.06991, eq. 1 and 2, with torch-fidelity's conventions: a sample's neighbourhood reaches to its
/// k-th nearest other sample of its own set, and a distance equal to that radius is inside. <see cref="DensityCoverage"/> has prdc's: k is
/// 5 there, and equal is outside. Distances in float64, in strips.</remarks>
public sealed record PrecisionRecall(double Precision, double Recall, double FScore)
{
    internal IReadOnlyList<MetricValue> Values =>
    [
        MetricValue.Share("precision", Precision, MetricRole.Fidelity),
        MetricValue.Share("recall", Recall, MetricRole.Diversity),
        MetricValue.Share("f-score", FScore, MetricRole.Overall),
    ];

    /// <summary>Measures two sets.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N > neighbours, any float dtype and device.</param>
    /// <param name="real">Features of real samples, shape (M, D), M > neighbours.</param>
    /// <param name="neighbours">k, at least 1.</param>
    /// <param name="progress">Called with the pairs done and their number.</param>
    /// <param name="cancellation">Asked before each strip of pairs.</param>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has too few rows, or a number is NaN or
    /// infinite.</exception>
    public static PrecisionRecall Of(Tensor generated, Tensor real, int neighbours = 3, Action<long, long>? progress = null,
        CancellationToken cancellation = default)
    {
        var (precision, recall, _, _) = Neighbours.Compare(generated, real, neighbours, (d, r) => d <= r, progress, cancellation);
        return new PrecisionRecall(precision, recall, 2 * precision * recall / Math.Max(1e-5, precision + recall));
    }
}

/// <summary>Density and coverage, and the precision and recall that go with them.</summary>
/// <param name="Density">Real neighbourhoods around a generated sample, on average, divided by k. At least 0; about 1 for equal
/// distributions, above 1 where the generator crowds into dense regions.</param>
/// <param name="Coverage">Share of real samples with at least one generated sample in their neighbourhood, in [0, 1].</param>
/// <param name="Precision">Share of generated samples inside at least one real neighbourhood, in [0, 1].</param>
/// <param name="Recall">Share of real samples inside at least one generated neighbourhood, in [0, 1].</param>
/// <remarks>Naeem et al., arXiv:2002.09797, eq. 3 and 4, with the conventions of the authors' prdc: a neighbourhood reaches to the k-th
/// nearest other sample of the same set, and a distance equal to that radius is outside. So precision and recall are not those of
/// <see cref="PrecisionRecall"/>, even for one k. Distances in float64, in strips.</remarks>
public sealed record DensityCoverage(double Density, double Coverage, double Precision, double Recall)
{
    internal IReadOnlyList<MetricValue> Values =>
    [
        new("density", Density, MetricRole.Fidelity, MetricAim.Higher), MetricValue.Share("coverage", Coverage, MetricRole.Diversity),
    ];

    /// <inheritdoc cref="PrecisionRecall.Of"/>
    public static DensityCoverage Of(Tensor generated, Tensor real, int neighbours = 5, Action<long, long>? progress = null,
        CancellationToken cancellation = default)
    {
        var (precision, recall, density, coverage) =
            Neighbours.Compare(generated, real, neighbours, (d, r) => d < r, progress, cancellation);
        return new DensityCoverage(density, coverage, precision, recall);
    }
}
