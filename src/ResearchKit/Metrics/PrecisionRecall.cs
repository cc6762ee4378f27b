namespace ResearchKit.Metrics;

/// <summary>Improved precision and recall: how much of the generated set lies among the real samples, and how much of the real set among
/// the generated ones.</summary>
/// <param name="Precision">Share of generated samples within the neighbourhood of at least one real sample, in [0, 1].</param>
/// <param name="Recall">Share of real samples within the neighbourhood of at least one generated sample, in [0, 1].</param>
/// <param name="FScore">Their harmonic mean.</param>
/// <remarks>
/// Kynkäänniemi et al., arXiv:1904.06991, eq. 1 and 2, with torch-fidelity's conventions: a sample's neighbourhood reaches to its k-th
/// nearest other sample of its own set, and a distance equal
/// to that radius is inside. <see cref="DensityCoverage"/> has prdc's: k is 5 there, and equal is outside. Distances in float64, in strips.
/// </remarks>
public sealed record PrecisionRecall(double Precision, double Recall, double FScore)
{
    /// <summary>Measures two sets.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N > neighbourhood, any float dtype and device.</param>
    /// <param name="real">Features of real samples, shape (M, D), M > neighbourhood.</param>
    /// <param name="neighbourhood">k, at least 1.</param>
    /// <param name="progress">Called with the pairs done and their number.</param>
    /// <param name="cancellation">Asked before each strip of pairs.</param>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has too few rows, or a number is NaN or
    /// infinite.</exception>
    public static PrecisionRecall Of(Tensor generated, Tensor real, int neighbourhood = 3, Action<long, long>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbourhood, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(generated, real, neighbourhood + 1);
        var (n, m) = (x.shape[0], y.shape[0]);
        var (done, total) = (0L, n * n + m * m + n * m);
        var generatedRadii = Neighbours.Radii(x, neighbourhood, Step); // (N)
        var realRadii = Neighbours.Radii(y, neighbourhood, Step).unsqueeze(1); // (M, 1)
        var precise = zeros(n, ScalarType.Bool);
        var recalled = 0L;
        Neighbours.ForStrips(y, x, (start, distances) =>
        {
            precise.logical_or_((distances <= realRadii.slice(0, start, start + distances.shape[0], 1)).any(0));
            recalled += (distances <= generatedRadii).any(1).sum().item<long>();
            Step(distances.numel());
        });
        var (precision, recall) = ((double)precise.sum().item<long>() / n, (double)recalled / m);
        return new PrecisionRecall(precision, recall, 2 * precision * recall / Math.Max(1e-5, precision + recall));

        void Step(long pairs)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(done += pairs, total);
        }
    }
}
