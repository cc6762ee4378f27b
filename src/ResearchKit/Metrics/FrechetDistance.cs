using static System.FormattableString;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>Squared Fréchet distance of two Gaussians fitted to feature sets (called FID when the features are Inception's).</summary>
/// <remarks>Heusel et al., arXiv:1706.08500, eq. 6: |m1 - m2|^2 + tr S1 + tr S2 - 2 tr sqrt(S1 S2), covariances divided by N - 1, in
/// float64 on the CPU. The last term needs no matrix square root: it is the sum of the singular values of the centred features' product
/// where both sets have fewer rows than columns, and of the square roots of eigenvalues of a symmetric matrix otherwise. No multiple of the
/// identity is added. Deviation: rounding may carry the distance of nearly equal statistics below 0 by about 1e-8 tr S; 0 is returned then.
/// The value falls as N grows: compare only values of equal sample counts, or see <see cref="FrechetInfinity"/>.</remarks>
public static class FrechetDistance
{
    private const double RowsPerFeature = 1.25; // measured on Gaussians: with fewer the jackknife does not take the bias off
    private const long ManyFeatures = 1024;

    /// <summary>The distance of two sets in memory.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N >= 2, any float dtype and device.</param>
    /// <param name="real">Features of real samples, shape (M, D), M >= 2.</param>
    /// <returns>A value >= 0 in squared feature units; 0 for equal statistics. Symmetric in its arguments.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has fewer than 2 rows, or a number is NaN or
    /// infinite.</exception>
    public static double Of(Tensor generated, Tensor real)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(generated, real);
        var (n, m, d) = (x.shape[0], y.shape[0], x.shape[1]);
        if (n < d && m < d)
        {
            var (mx, cx) = Centred(x);
            var (my, cy) = Centred(y);
            return Distance(mx, my, cx.square().sum(), cy.square().sum(), linalg.svdvals(cx.matmul(cy.t())).sum());
        }

        // At most one of them has fewer rows than columns, and that one may stay a matrix of features.
        using var other = FeatureStatistics.Of(n < d ? y : x);
        return OfChecked(n < d ? x : y, other);
    }

    /// <summary>The distance of a set in memory from stored statistics.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N >= 2, any float dtype and device.</param>
    /// <param name="real">Statistics of real samples.</param>
    /// <returns>As above.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, there are fewer than 2 rows, or a number is NaN or
    /// infinite.</exception>
    public static double Of(Tensor generated, FeatureStatistics real)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(generated, nameof(generated));
        FeatureMatrix.RequireSameWidth(x.shape[1], real.Dimensions);
        return OfChecked(x, real);
    }

    /// <summary>The distance of two sets' statistics.</summary>
    /// <param name="generated">Statistics of generated samples.</param>
    /// <param name="real">Statistics of real samples.</param>
    /// <returns>As above.</returns>
    /// <exception cref="ArgumentException">The widths differ.</exception>
    public static double Of(FeatureStatistics generated, FeatureStatistics real)
    {
        FeatureMatrix.RequireSameWidth(generated.Dimensions, real.Dimensions);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return Distance(generated.Mean, real.Mean, generated.Covariance.trace(), real.Covariance.trace(), TraceOfRoot(generated, real));
    }

    /// <summary>The distance of two sets, and that without each group of their samples: exactly, from the groups' moments.</summary>
    /// <exception cref="ArgumentException">There are too few samples for the bias to fall with 1/N; says so.</exception>
    internal static GroupedValues LeaveOut(Tensor generated, Tensor real, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(generated, real);
        var enough = (long)Math.Ceiling(RowsPerFeature * x.shape[1]);
        ThrowIf(Math.Min(x.shape[0], y.shape[0]) < enough, Invariant(
            $"taking its bias off needs {enough} samples of each set, {RowsPerFeature} a feature"));
        var groups = x.shape[1] > ManyFeatures ? GroupedValues.Groups / 2 : GroupedValues.Groups; // each takes the time of a distance
        FeatureMoments[] xs = [.. GroupedValues.Split(x, groups).Select(Moments)], ys = [.. GroupedValues.Split(y, groups).Select(Moments)];
        try
        {
            using var allX = Merged(xs);
            using var allY = Merged(ys);
            return new GroupedValues([Between(allX, allY)], [.. xs.Zip(ys, (gx, gy) =>
            {
                cancellation.ThrowIfCancellationRequested();
                using var restX = allX.Without(gx);
                using var restY = allY.Without(gy);
                return (double[])[Between(restX, restY)];
            })], Share: 1);
        }
        finally
        {
            Array.ForEach([.. xs, .. ys], m => m.Dispose());
        }

        static FeatureMoments Moments(Tensor rows)
        {
            var moments = new FeatureMoments();
            moments.Add(rows);
            return moments;
        }

        static FeatureMoments Merged(FeatureMoments[] parts)
        {
            var all = new FeatureMoments();
            Array.ForEach(parts, all.Merge);
            return all;
        }

        static double Between(FeatureMoments a, FeatureMoments b)
        {
            using var first = a.ToStatistics();
            using var second = b.ToStatistics();
            return Of(first, second);
        }
    }

    private static double OfChecked(Tensor x, FeatureStatistics real)
    {
        if (x.shape[0] < real.Dimensions)
        {
            var (mean, c) = Centred(x); // (N, D)
            var eigenvalues = linalg.eigvalsh(c.matmul(real.Covariance).matmul(c.t())); // (N), the others are 0
            return Distance(mean, real.Mean, c.square().sum(), real.Covariance.trace(), Roots(eigenvalues, x.shape[0], real.Count));
        }

        using var statistics = FeatureStatistics.Of(x);
        return Of(statistics, real);
    }

    private static Tensor TraceOfRoot(FeatureStatistics a, FeatureStatistics b)
    {
        // S1 = F F' makes S1 S2 similar to the symmetric F' S2 F. Cholesky's F is three times cheaper than the eigenvectors', but needs
        // full rank.
        if (a.Count is null || a.Count > a.Dimensions)
        {
            var (l, info) = linalg.cholesky_ex(a.Covariance);
            if (info.item<int>() == 0)
            {
                return Roots(linalg.eigvalsh(l.t().matmul(b.Covariance).matmul(l)), a.Count, b.Count);
            }
        }

        var (values, vectors) = linalg.eigh(a.Covariance);
        var f = vectors * values.clamp_min(0).sqrt(); // (D, D), columns scaled
        return Roots(linalg.eigvalsh(f.t().matmul(b.Covariance).matmul(f)), a.Count, b.Count);
    }

    // Of N samples at most N - 1 eigenvalues are above 0. The others are rounding errors about 0, whose roots would not be small.
    private static Tensor Roots(Tensor ascending, long? count1, long? count2)
    {
        var size = ascending.shape[0];
        var rank = Math.Min(size, Math.Min(count1 ?? long.MaxValue, count2 ?? long.MaxValue) - 1);
        return ascending.slice(0, size - rank, size, 1).clamp_min(0).sqrt().sum();
    }

    private static (Tensor Mean, Tensor Centred) Centred(Tensor x)
    {
        var mean = x.mean([0]); // (D)
        return (mean, (x - mean) / Math.Sqrt(x.shape[0] - 1)); // Centred' Centred is the covariance
    }

    private static double Distance(Tensor mean1, Tensor mean2, Tensor trace1, Tensor trace2, Tensor root) =>
        Math.Max(0, ((mean1 - mean2).square().sum() + trace1 + trace2 - 2 * root).item<double>());
}
