namespace ResearchKit.Metrics;

/// <summary>MIND: a sliced squared Wasserstein distance of feature sets, which compares whole distributions and not only their first two
/// moments.</summary>
/// <remarks>arXiv:2605.06797: 3 D times the mean, over random directions and ranks, of the squared difference of the sorted projections; as
/// torch-fidelity computes it, with the same draws: torch's generator first thins the larger set, then draws the directions in float32;
/// torch-fidelity projects in float32 too, here in float64. A shift of all features by c gives about 3 D c^2. Its bias falls as N grows:
/// compare only values of equal sample counts.</remarks>
public static class MindDistance
{
    private const long ProjectionsAtOnce = 4_000_000; // 32 MB a matrix

    /// <summary>The distance of two sets.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N >= 2, any float dtype and device.</param>
    /// <param name="real">Features of real samples, shape (M, D), M >= 2; of the larger set as many rows as the smaller has are
    /// drawn.</param>
    /// <param name="directions">Random directions, at least 1.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="progress">Called with the directions done and their number.</param>
    /// <param name="cancellation">Asked before each block of directions.</param>
    /// <returns>A value >= 0 in squared feature units.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has fewer than 2 rows, or a number is NaN or
    /// infinite.</exception>
    public static double Of(
        Tensor generated, Tensor real, int directions = 1000, long seed = 2020,
        Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(directions, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(generated, real);
        using var random = new Generator(unchecked((ulong)seed));
        var n = Math.Min(x.shape[0], y.shape[0]);
        (x, y) = (Thinned(x, n, random), Thinned(y, n, random)); // (n, D)
        var d = x.shape[1];
        var u = randn(directions, d, dtype: ScalarType.Float32, generator: random);
        u = (u / u.norm(1, keepdim: true).clamp_min(1e-12)).to(ScalarType.Float64); // (directions, D)

        var sum = 0.0;
        var done = 0L;
        foreach (var block in u.split(Math.Max(1, ProjectionsAtOnce / n)))
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            sum += (Sorted(x, block) - Sorted(y, block)).square().mean([1]).sum().item<double>();
            progress?.Invoke(done += block.shape[0], directions);
        }

        return 3.0 * d * sum / directions;
    }

    private static Tensor Sorted(Tensor x, Tensor directions) => directions.matmul(x.t()).sort(1).Values; // (directions, n)

    private static Tensor Thinned(Tensor x, long n, Generator random) =>
        x.shape[0] == n ? x : x.index_select(0, randperm(x.shape[0], generator: random).slice(0, 0, n, 1));
}
