using System.Globalization;
using ResearchKit.Metrics;
using ResearchKit.Statistics;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics.Collapse;

/// <summary>NDB: in how many bins the generated samples' share differs from the real ones', and by how much in all.</summary>
/// <param name="RealSamples">Real samples counted.</param>
/// <param name="GeneratedSamples">Generated samples counted.</param>
/// <param name="Level">The level of each bin's test: equal distributions make about this share of the bins differ.</param>
/// <param name="RealShares">The real samples' share in each bin; they sum to 1.</param>
/// <param name="GeneratedShares">The generated samples' share in each bin; they sum to 1.</param>
/// <param name="Scores">Each bin's z: (generated - real) / standard error. Below 0 the generator gives too few; 0 where neither set is in
/// the bin, or both are in it alone.</param>
/// <param name="Different">NDB: bins whose two-sided p-value is below the level.</param>
/// <param name="JensenShannon">Jensen-Shannon divergence of the two histograms, natural logarithm: from 0 to ln 2 = 0.693. More bins or
/// fewer samples raise it, so compare only at equal numbers.</param>
/// <remarks>Richardson and Weiss, arXiv:1805.12462, and the authors' code: the two-proportion z-test with the pooled proportion, standard
/// error sqrt(p (1 - p) (1/n + 1/m)). Deviations: the bins are fitted on a split of their own, not on the real samples that are counted in
/// them (there the fit makes the real counts a little too even); the sign of z is turned; bins keep k-means' order.</remarks>
public sealed record DifferentBins(long RealSamples, long GeneratedSamples, double Level, IReadOnlyList<double> RealShares,
    IReadOnlyList<double> GeneratedShares, IReadOnlyList<double> Scores, int Different, double JensenShannon)
{
    /// <summary>Bins, k.</summary>
    public int Bins => Scores.Count;

    /// <summary>NDB / k, in [0, 1].</summary>
    public double Share => (double)Different / Bins;

    /// <summary>Counts two sets in bins and compares.</summary>
    /// <param name="generated">Generated samples, shape (N, D), N >= 1, any float dtype and device.</param>
    /// <param name="real">Real samples other than those that the bins were fitted to, shape (M, D), M >= 1.</param>
    /// <param name="bins">The bins.</param>
    /// <param name="level">The level of each bin's test, in (0, 1).</param>
    /// <exception cref="ArgumentException">A shape is not that of the bins, or a number is NaN or infinite.</exception>
    public static DifferentBins Of(Tensor generated, Tensor real, BinPartition bins, double level = 0.05) =>
        OfCounts(bins.CountIn(generated), bins.CountIn(real), level);

    /// <summary>Compares two histograms.</summary>
    /// <param name="generated">How many generated samples are in each bin.</param>
    /// <param name="real">How many real ones, in the same bins.</param>
    /// <param name="level">The level of each bin's test, in (0, 1).</param>
    /// <exception cref="ArgumentException">The histograms have not the same bins, one is empty, or a count is below 0.</exception>
    public static DifferentBins OfCounts(IReadOnlyList<long> generated, IReadOnlyList<long> real, double level = 0.05)
    {
        var (n, m) = (generated.Sum(), real.Sum());
        ThrowIf(generated.Count != real.Count || n < 1 || m < 1 || generated.Concat(real).Any(c => c < 0),
            $"Two histograms of the same bins with at least one sample each can be compared; these have {generated.Count} and " +
                $"{real.Count} bins, {n} and {m} samples.", nameof(generated));
        ThrowIfOutside(level is not (> 0 and < 1), level, "The level of a test lies between 0 and 1.");
        double[] p = [.. real.Select(c => (double)c / m)], q = [.. generated.Select(c => (double)c / n)];
        double[] scores = [.. generated.Zip(real, (g, r) => Score(g, n, r, m))];
        var different = scores.Count(z => ChiSquareDistribution.UpperTail(z * z, 1) < level);
        return new DifferentBins(m, n, level, p, q, scores, different, p.Zip(q, (a, b) => (Term(a, b) + Term(b, a)) / 2).Sum());
    }

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Different} of {Bins} bins differ (about {Level * Bins:0.#} would by chance), Jensen-Shannon divergence " +
            $"{JensenShannon:0.0000} nats, {GeneratedSamples:N0} generated against {RealSamples:N0} real samples");

    private static double Score(long g, long n, long r, long m)
    {
        var pooled = (double)(g + r) / (n + m);
        return g + r == 0 || g + r == n + m ? 0 : ((double)g / n - (double)r / m) / Math.Sqrt(pooled * (1 - pooled) * (1.0 / n + 1.0 / m));
    }

    private static double Term(double a, double b) => a == 0 ? 0 : a * Math.Log(2 * a / (a + b));
}

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
        ThrowIf(samples.dim() != 2 || samples.shape[1] != _clusters.Width,
            $"The bins are of samples of shape (N, {_clusters.Width}); these have shape {Shape(samples)}.", nameof(samples));
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
