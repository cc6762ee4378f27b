using ResearchKit.Runtime;

namespace ResearchKit.Metrics;

/// <summary>Squared maximum mean discrepancy under a polynomial kernel (called KID when the features are Inception's), over random
/// subsets.</summary>
/// <param name="Mean">Mean over the subsets. Unbiased, so it may lie below 0 when the sets are alike.</param>
/// <param name="StandardDeviation">Standard deviation over the subsets, divided by their number (not less one). It tells how much subsets
/// of this size vary, not how sure the mean is.</param>
/// <remarks>Binkowski et al., arXiv:1801.01401, section 4; the subsets are those that torch-fidelity draws. In float64 throughout;
/// torch-fidelity computes in the features' dtype, so on float32 features the two differ by its rounding.</remarks>
public sealed record KernelInceptionDistance(double Mean, double StandardDeviation)
{
    private const long TileRows = 1024;
    private const long TileColumns = 4096;

    internal IReadOnlyList<MetricValue> Values =>
        [MetricValue.Distance("kernel-distance", Mean) with { Least = double.NegativeInfinity, Spread = StandardDeviation }];

    /// <summary>The estimate over random subsets, as published.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N >= subsetSize, any float dtype and device.</param>
    /// <param name="real">Features of real samples, shape (M, D), M >= subsetSize.</param>
    /// <param name="subsets">How many, at least 1.</param>
    /// <param name="subsetSize">Rows of each set in a subset, drawn without replacement; at least 2.</param>
    /// <param name="seed">Of NumPy's <c>RandomState</c>, from 0 to 2^32 - 1; each subset draws first from the generated, then from the real
    /// rows.</param>
    /// <param name="kernel">Null for (x.y / D + 1)^3.</param>
    /// <param name="progress">Called with the subsets done and their number.</param>
    /// <param name="cancellation">Asked before each subset.</param>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has fewer rows than a subset, or a number is NaN or
    /// infinite.</exception>
    public static KernelInceptionDistance Subsets(
        Tensor generated, Tensor real, int subsets = 100, int subsetSize = 1000, long seed = 2020, PolynomialKernel? kernel = null,
        Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(subsets, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(subsetSize, 2);
        kernel ??= new PolynomialKernel();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(generated, real, subsetSize);
        var random = new NumpyRandom(seed);
        var values = new double[subsets];
        for (var i = 0; i < subsets; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var f = x.index_select(0, tensor(random.Choice(checked((int)x.shape[0]), subsetSize))); // (subset, D)
            var g = y.index_select(0, tensor(random.Choice(checked((int)y.shape[0]), subsetSize)));
            values[i] = Unbiased(OffDiagonal(kernel.Of(f, f)), OffDiagonal(kernel.Of(g, g)), Sum(kernel.Of(f, g)), subsetSize, subsetSize);
            progress?.Invoke(i + 1, subsets);
        }

        var mean = values.Average();
        return new KernelInceptionDistance(mean, Math.Sqrt(values.Average(v => (v - mean) * (v - mean))));
    }

    /// <summary>The estimate from all rows at once: no draw, and the least variance.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N >= 2, any float dtype and device.</param>
    /// <param name="real">Features of real samples, shape (M, D), M >= 2; M need not be N.</param>
    /// <param name="kernel">Null for (x.y / D + 1)^3.</param>
    /// <param name="progress">Called with the kernel values done and their number.</param>
    /// <param name="cancellation">Asked before each tile.</param>
    /// <returns>The squared discrepancy, in float64; it may lie below 0. A constant amount of memory beside the features.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has fewer than 2 rows, or a number is NaN or
    /// infinite.</exception>
    /// <remarks>Gretton et al., JMLR 13 (2012), eq. 3.</remarks>
    public static double Unbiased(Tensor generated, Tensor real, PolynomialKernel? kernel = null, Action<long, long>? progress = null,
        CancellationToken cancellation = default)
    {
        kernel ??= new PolynomialKernel();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(generated, real);
        var (n, m) = (x.shape[0], y.shape[0]);
        var (done, total) = (0L, n * n + m * m + n * m);
        return Unbiased(Tiles(x, x), Tiles(y, y), Tiles(x, y), n, m);

        double Tiles(Tensor a, Tensor b)
        {
            var sum = 0.0;
            foreach (var rows in a.split(TileRows))
            {
                foreach (var columns in b.split(TileColumns))
                {
                    cancellation.ThrowIfCancellationRequested();
                    using var tile = NewDisposeScope();
                    sum += Sum(kernel.Of(rows, columns));
                    progress?.Invoke(done += rows.shape[0] * columns.shape[0], total);
                }
            }

            return ReferenceEquals(a, b) ? sum - Sum(kernel.Diagonal(a)) : sum;
        }
    }

    private static double Unbiased(double withinX, double withinY, double between, long n, long m) =>
        withinX / ((double)n * (n - 1)) + withinY / ((double)m * (m - 1)) - 2 * between / ((double)n * m);

    private static double OffDiagonal(Tensor kernel) => Sum(kernel) - Sum(kernel.diagonal());

    private static double Sum(Tensor values) => values.sum().item<double>();
}

/// <summary>The kernel (gamma x.y + offset)^degree.</summary>
/// <param name="Degree">At least 1.</param>
/// <param name="Gamma">Factor of the inner product; null for 1 / D.</param>
/// <param name="Offset">Added to it (<c>coef0</c> elsewhere).</param>
/// <remarks>The defaults are those of Binkowski et al., arXiv:1801.01401, section 4, and of torch-fidelity.</remarks>
public sealed record PolynomialKernel(int Degree = 3, double? Gamma = null, double Offset = 1)
{
    /// <summary>At least 1.</summary>
    public int Degree { get; } = Degree >= 1
        ? Degree
        : throw new ArgumentOutOfRangeException(nameof(Degree), $"A polynomial kernel's degree is at least 1, not {Degree}.");

    internal Tensor Diagonal(Tensor x) => x.square().sum(1).mul_(Gamma ?? 1.0 / x.shape[1]).add_(Offset).pow_(Degree); // (N): k(x_i, x_i)

    internal Tensor Of(Tensor x, Tensor y) => x.matmul(y.t()).mul_(Gamma ?? 1.0 / x.shape[1]).add_(Offset).pow_(Degree); // (N, M)
}
