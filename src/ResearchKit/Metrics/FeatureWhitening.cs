using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>Brings features into units of the real ones: 0 is the real mean, and along each of the real features' main directions the real
/// samples vary by 1. In these units a lost class costs effective rank and Vendi Score; in a network's own units the few loudest directions
/// drown the others.</summary>
/// <remarks>PCA whitening (inverse root of the eigenvalues times the transposed eigenvectors; Kessy, Lewin and Strimmer, arXiv:1512.00809)
/// on the fewest principal directions that hold a share of the real variance: the others are mostly noise, which whitening would make as
/// loud as the rest. In float64 on the CPU. Deviations: directions are dropped. Measure with <c>FeatureSpectrum.Of(x, around: zeros(k))</c>
/// or <see cref="VendiScore.OfFeatures"/>, whose cosines are then taken from the real mean. Real samples score about
/// <see cref="Directions"/>, the most there is. Both are blind to what leaves the real directions: they count kinds, they do not judge
/// quality. Of 10, 8, 6, 4, 2, 1 classes of the kit's two sets, in units of other samples of the same set and by the classifier of that
/// set, both fall strictly in 20 of 20 random orders of the classes (the tests). A network that knows nothing of the classes shows their
/// loss on average only. Samples must outnumber directions several times.</remarks>
public sealed class FeatureWhitening : IDisposable
{
    private readonly Tensor _mean; // (D)
    private readonly Tensor _map; // (D, k)

    private FeatureWhitening(Tensor mean, Tensor map)
    {
        _mean = mean.DetachFromDisposeScope();
        _map = map.DetachFromDisposeScope();
    }

    /// <summary>Width of whitened features, k.</summary>
    public int Directions => (int)_map.shape[1];

    /// <summary>Fits the units to real features.</summary>
    /// <param name="real">Shape (N, D), N >= 2 and best far above D, any float dtype and device; other samples than those that are
    /// measured.</param>
    /// <param name="share">Of the real variance that the kept directions hold at least, above 0 and up to 1. At 1 all directions stay in
    /// which real features vary at all.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, there are fewer than 2 rows, all rows are the same, or a number is NaN or
    /// infinite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The share is not in (0, 1].</exception>
    public static FeatureWhitening Of(Tensor real, double share = 0.95)
    {
        ThrowIfOutside(share is not (> 0 and <= 1), share, "The share of the real variance to keep must be above 0 and at most 1.");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(real, nameof(real));
        var varies = !(x == x[0]).all().item<bool>(); // the variance of equal rows may be rounding, and not 0
        using var statistics = FeatureStatistics.Of(x);
        var (values, vectors) = linalg.eigh(statistics.Covariance); // least first
        double[] variances = [.. values.data<double>().ToArray().Reverse().Select(v => Math.Max(v, 0))];
        var rounding = variances[0] * Math.Max(x.shape[0], x.shape[1]) * Math.Pow(2, -52);
        var (wanted, held, kept) = (share * variances.Sum(), 0.0, 0);
        while (varies && kept < variances.Length && held < wanted && variances[kept] > rounding)
        {
            held += variances[kept++];
        }

        ThrowIf(kept == 0,
            "All rows of the real features are the same: they vary in no direction and give no units to measure in.", nameof(real));
        var map = vectors.slice(1, -kept, long.MaxValue, 1) / values.slice(0, -kept, long.MaxValue, 1).sqrt(); // (D, k)
        return new FeatureWhitening(statistics.Mean.clone(), map.flip(1));
    }

    /// <summary>Brings features into the real ones' units.</summary>
    /// <param name="features">Shape (N, D), of the same network, any float dtype and device.</param>
    /// <returns>float64, shape (N, k), on the CPU, the greatest real direction first. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, there is no row, the widths differ, or a number is NaN or infinite.</exception>
    public Tensor Apply(Tensor features)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(features, nameof(features), minimumRows: 1);
        FeatureMatrix.RequireSameWidth(x.shape[1], _mean.shape[0]);
        return (x - _mean).matmul(_map).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mean.Dispose();
        _map.Dispose();
    }
}
