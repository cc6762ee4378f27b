namespace ResearchKit.Metrics;

/// <summary>Precision and recall cover: the shares of neighbourhoods of each set that hold enough samples of the other one.</summary>
/// <param name="Precision">Share of generated samples around which there are enough real ones, in [0, 1].</param>
/// <param name="Recall">Share of real samples around which there are enough generated ones, in [0, 1].</param>
/// <remarks>Cheema and Urner, "Precision Recall Cover" (AISTATS 2023), with the authors' code: a neighbourhood reaches to the 3 k-th other
/// sample of its own set, equal is inside, and k samples of the other set are enough. The code's first number is the share over the set
/// that is given first; here each has the name that it has in other pairs of precision and recall. Deviations: none. Both fall with the
/// ratio of the sets' sizes: compare only values of equal counts.</remarks>
public sealed record PrecisionRecallCover(double Precision, double Recall)
{
    /// <summary>How many times as many neighbours of its own set a neighbourhood has as it needs of the other one.</summary>
    public const int Factor = 3;

    internal IReadOnlyList<MetricValue> Values =>
    [
        MetricValue.Share("precision-cover", Precision, MetricRole.Fidelity),
        MetricValue.Share("recall-cover", Recall, MetricRole.Diversity),
    ];

    /// <summary>Measures two sets.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N > 3 k, any float dtype and device.</param>
    /// <param name="real">Features of real samples, shape (M, D), M > 3 k.</param>
    /// <param name="neighbours">k, at least 1.</param>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has too few rows, or a number is NaN or
    /// infinite.</exception>
    public static PrecisionRecallCover Of(Tensor generated, Tensor real, int neighbours = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(generated, real, Factor * neighbours + 1);
        return new PrecisionRecallCover(Covered(x, y, neighbours), Covered(y, x, neighbours));
    }

    private static double Covered(Tensor centers, Tensor others, int k) =>
        (Neighbours.Nearest(centers, others, k).Squares.select(1, k - 1) <= Neighbours.Radii(centers, Factor * k))
            .to(ScalarType.Float64).mean().item<double>();
}
