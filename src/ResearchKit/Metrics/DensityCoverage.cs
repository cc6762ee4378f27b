namespace ResearchKit.Metrics;

/// <summary>Density and coverage, and the precision and recall that go with them.</summary>
/// <param name="Density">Real neighbourhoods around a generated sample, on average, divided by k. At least 0; about 1 for equal
/// distributions, above 1 where the generator crowds into dense regions.</param>
/// <param name="Coverage">Share of real samples with at least one generated sample in their neighbourhood, in [0, 1].</param>
/// <param name="Precision">Share of generated samples inside at least one real neighbourhood, in [0, 1].</param>
/// <param name="Recall">Share of real samples inside at least one generated neighbourhood, in [0, 1].</param>
/// <remarks>
/// Naeem et al., arXiv:2002.09797, eq. 3 and 4, with the conventions of the authors' prdc: a neighbourhood reaches to the k-th nearest
/// other sample of the same set, and a distance equal to that
/// radius is outside. So precision and recall are not those of <see cref="PrecisionRecall"/>, even for one k. Distances in float64, in
/// strips.
/// </remarks>
public sealed record DensityCoverage(double Density, double Coverage, double Precision, double Recall)
{
    /// <summary>Measures two sets.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N > neighbours, any float dtype and device.</param>
    /// <param name="real">Features of real samples, shape (M, D), M > neighbours.</param>
    /// <param name="neighbours">k, at least 1.</param>
    /// <param name="progress">Called with the pairs done and their number.</param>
    /// <param name="cancellation">Asked before each strip of pairs.</param>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has too few rows, or a number is NaN or
    /// infinite.</exception>
    public static DensityCoverage Of(Tensor generated, Tensor real, int neighbours = 5, Action<long, long>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(generated, real, neighbours + 1);
        var (n, m) = (x.shape[0], y.shape[0]);
        var (done, total) = (0L, n * n + m * m + n * m);
        var generatedRadii = Neighbours.Radii(x, neighbours, Step); // (N)
        var realRadii = Neighbours.Radii(y, neighbours, Step).unsqueeze(1); // (M, 1)
        var precise = zeros(n, ScalarType.Bool);
        var (inside, covered, recalled) = (0L, 0L, 0L);
        Neighbours.ForStrips(y, x, (start, distances) =>
        {
            var near = distances < realRadii.slice(0, start, start + distances.shape[0], 1); // (m, N)
            precise.logical_or_(near.any(0));
            inside += near.sum().item<long>();
            covered += near.any(1).sum().item<long>(); // the nearest generated sample is inside when any is
            recalled += (distances < generatedRadii).any(1).sum().item<long>();
            Step(distances.numel());
        });
        return new DensityCoverage((double)inside / ((double)neighbours * n), (double)covered / m, (double)precise.sum().item<long>() / n,
            (double)recalled / m);

        void Step(long pairs)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(done += pairs, total);
        }
    }
}
