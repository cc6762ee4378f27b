using ResearchKit.Metrics;

namespace ResearchKit.Diagnostics.Collapse;

/// <summary>Bins that a split of real samples cuts its space into: the cells of k-means. <see cref="DifferentBins"/> counts other samples
/// in them.</summary>
public sealed class BinPartition : IDisposable
{
    private const double SmallestDeviation = 1e-6; // as in the authors' code: a constant coordinate stays finite

    private readonly KMeansClusters _clusters;
    private readonly Tensor? _scale; // (D), float64

    private BinPartition(KMeansClusters clusters, Tensor? scale, long samples) => (_clusters, _scale, Samples) = (clusters, scale, samples);

    /// <summary>Bins.</summary>
    public int Bins => (int)_clusters.Count;

    /// <summary>Samples that the bins were fitted to.</summary>
    public long Samples { get; }

    /// <summary>Whether each coordinate was divided by its standard deviation first.</summary>
    public bool Standardized => _scale is not null;

    /// <summary>Fits bins.</summary>
    /// <param name="samples">Real samples that are counted nowhere else, shape (N, D), N >= bins, any float dtype and device: pixels or
    /// features.</param>
    /// <param name="bins">k, at least 1.</param>
    /// <param name="standardize">Whether each coordinate is divided by its standard deviation over these samples: what the authors' code
    /// calls whitening.</param>
    /// <param name="seed">Of k-means.</param>
    /// <param name="restarts">Of k-means, at least 1. Bins need not be the best clusters, only fixed ones.</param>
    /// <param name="device">Where to compute; null for the CPU.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, there are fewer samples than bins, or a number is NaN or infinite.</exception>
    public static BinPartition Fit(Tensor samples, int bins = 100, bool standardize = false, long seed = 0, int restarts = 1,
        Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(samples, nameof(samples), bins);
        var scale = standardize ? x.std(0, unbiased: false, keepdim: false) + SmallestDeviation : null; // (D)
        var clusters = KMeansClusters.Fit(scale is null ? x : x / scale, bins, seed, restarts, device: device);
        return new BinPartition(clusters, scale?.DetachFromDisposeScope(), x.shape[0]);
    }

    /// <summary>How many of some samples fall into each bin.</summary>
    /// <param name="samples">Shape (N, D), N >= 1, any float dtype and device.</param>
    /// <exception cref="ArgumentException">The shape is another, or a number is NaN or infinite.</exception>
    public long[] CountIn(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.dim() != 2 || samples.shape[1] != _clusters.Width)
        {
            throw new ArgumentException($"The bins are of samples of shape (N, {_clusters.Width}); these have shape ({string.Join(", " +
                "", samples.shape)}).", nameof(samples));
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return _clusters.CountIn(_scale is null ? samples : FeatureMatrix.Checked(samples, nameof(samples), minimumRows: 1) / _scale);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clusters.Dispose();
        _scale?.Dispose();
    }
}
