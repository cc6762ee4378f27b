namespace ResearchKit.Metrics;

/// <summary>Mean and covariance of a feature set: all that the Fréchet distance sees of it.</summary>
/// <remarks>The tensors belong to this object, whatever scope is open; it is disposed by whoever made it.</remarks>
public sealed class FeatureStatistics : IDisposable
{
    /// <summary>Takes given statistics, e.g. those that a file of another program holds; both tensors are copied.</summary>
    /// <param name="mean">Shape (D).</param>
    /// <param name="covariance">Shape (D, D), symmetric, divided by N - 1.</param>
    /// <param name="count">Samples that they were computed from, at least 2; null where nobody knows, or for a distribution known
    /// exactly.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, a number is NaN or infinite, the covariance is not symmetric or has a
    /// negative variance, or the count is below 2.</exception>
    public FeatureStatistics(Tensor mean, Tensor covariance, long? count = null)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(covariance);
        if (mean.dim() != 1 || mean.shape[0] < 1 || !covariance.shape.SequenceEqual([mean.shape[0], mean.shape[0]]))
        {
            throw new ArgumentException($"Statistics need a mean of shape (D) and a covariance of shape (D, D), not ({string.Join(", " +
                "", mean.shape)}) and ({string.Join(", ", covariance.shape)}).", nameof(covariance));
        }

        if (count < 2)
        {
            throw new ArgumentException($"Statistics of {count} samples have no covariance; at least 2 are needed.", nameof(count));
        }

        using var scope = NewDisposeScope();
        var m = mean.detach().to(CPU).to(ScalarType.Float64, copy: true);
        var c = covariance.detach().to(CPU).to(ScalarType.Float64, copy: true);
        RequireCovariance(m, c);
        Mean = m.DetachFromDisposeScope();
        Covariance = c.DetachFromDisposeScope();
        Count = count;
    }

    /// <summary>Samples that the statistics were computed from; null where unknown.</summary>
    public long? Count { get; }

    /// <summary>Width of the features.</summary>
    public long Dimensions => Mean.shape[0];

    /// <summary>float64, shape (D), on the CPU. Owned by this object.</summary>
    public Tensor Mean { get; }

    /// <summary>float64, shape (D, D), on the CPU, divided by N - 1. Owned by this object.</summary>
    public Tensor Covariance { get; }

    /// <summary>Statistics of a set that is in memory.</summary>
    /// <param name="features">Shape (N, D), N >= 2, any float dtype and device; computed in float64 on the CPU.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, there are fewer than 2 rows, or a number is NaN or infinite.</exception>
    public static FeatureStatistics Of(Tensor features)
    {
        using var scope = NewDisposeScope();
        using var moments = new FeatureMoments();
        moments.Add(FeatureMatrix.Checked(features, nameof(features)));
        return moments.ToStatistics();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Covariance.Dispose();
    }

    private static void RequireCovariance(Tensor mean, Tensor covariance)
    {
        if (!mean.isfinite().all().item<bool>() || !covariance.isfinite().all().item<bool>())
        {
            throw new ArgumentException("Statistics hold NaN or infinite numbers; compute them again from finite features.",
                nameof(covariance));
        }

        var largest = covariance.abs().max().item<double>();
        if ((covariance - covariance.t()).abs().max().item<double>() > 1e-5 * largest || covariance.diagonal().min().item<double>() < 0)
        {
            throw new ArgumentException("The covariance is not one: it must be symmetric (to 1e-5 of its largest entry) with variances " +
                ">= 0 on its diagonal.", nameof(covariance));
        }
    }
}
