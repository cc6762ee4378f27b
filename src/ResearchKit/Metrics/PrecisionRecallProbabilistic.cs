namespace ResearchKit.Metrics;

/// <summary>Probabilistic precision and recall: how probably a generated sample lies in the real samples' support, and a real one in the
/// generated samples'; no single sample decides it.</summary>
/// <param name="Precision">Mean over the generated samples, in [0, 1].</param>
/// <param name="Recall">Mean over the real samples, in [0, 1].</param>
/// <remarks>Park and Kim, arXiv:2309.01590: p(z) = 1 - prod_i (1 - max(0, 1 - d(z, i) / R)), where one R for the whole set is 1.2 times the
/// mean distance to the k-th other sample. Deviations: none. A set whose samples are all equal has R = 0 and supports
/// nothing.</remarks>
public sealed record PrecisionRecallProbabilistic(double Precision, double Recall)
{
    private const double Scale = 1.2;

    internal IReadOnlyList<MetricValue> Values =>
    [
        MetricValue.Share("probabilistic-precision", Precision, MetricRole.Fidelity),
        MetricValue.Share("probabilistic-recall", Recall, MetricRole.Diversity),
    ];

    /// <summary>Measures two sets.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N > neighbours, any float dtype and device.</param>
    /// <param name="real">Features of real samples, shape (M, D), M > neighbours.</param>
    /// <param name="neighbours">k, at least 1.</param>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has too few rows, or a number is NaN or
    /// infinite.</exception>
    public static PrecisionRecallProbabilistic Of(Tensor generated, Tensor real, int neighbours = 4)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(generated, real, neighbours + 1);
        var (generatedRadius, realRadius) = (Radius(x, neighbours), Radius(y, neighbours));
        var outside = ones(x.shape[0], ScalarType.Float64); // (N): the probability that no real sample supports it
        var recall = 0.0;
        Neighbours.ForStrips(y, x, (_, squares) =>
        {
            var distances = squares.sqrt_(); // (m, N)
            outside.mul_(Outside(distances, realRadius).prod(dim: 0));
            recall += (1 - Outside(distances, generatedRadius).prod(dim: 1)).sum().item<double>();
        });
        return new PrecisionRecallProbabilistic((1 - outside).mean().item<double>(), recall / y.shape[0]);
    }

    private static double Radius(Tensor x, int k) => Scale * Neighbours.Radii(x, k).sqrt_().mean().item<double>();

    private static Tensor Outside(Tensor distances, double radius) =>
        radius > 0 ? (distances / radius).clamp_max_(1) : ones_like(distances);
}
