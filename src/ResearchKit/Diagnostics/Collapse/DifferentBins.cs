using System.Globalization;
using ResearchKit.Statistics;

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
/// <remarks>
/// Richardson and Weiss, arXiv:1805.12462, and the authors' code: the two-proportion z-test with the pooled proportion, standard error
/// sqrt(p (1 - p) (1/n + 1/m)).
/// Deviations: the bins are fitted on a split of their own, not on the real samples that are counted in them (there the fit makes the real
/// counts a little too even); the sign of z is turned; bins keep k-means' order.
/// </remarks>
public sealed record DifferentBins(
    long RealSamples,
    long GeneratedSamples,
    double Level,
    IReadOnlyList<double> RealShares,
    IReadOnlyList<double> GeneratedShares,
    IReadOnlyList<double> Scores,
    int Different,
    double JensenShannon)
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
    public static DifferentBins Of(Tensor generated, Tensor real, BinPartition bins, double level = 0.05)
    {
        ArgumentNullException.ThrowIfNull(bins);
        return OfCounts(bins.CountIn(generated), bins.CountIn(real), level);
    }

    /// <summary>Compares two histograms.</summary>
    /// <param name="generated">How many generated samples are in each bin.</param>
    /// <param name="real">How many real ones, in the same bins.</param>
    /// <param name="level">The level of each bin's test, in (0, 1).</param>
    /// <exception cref="ArgumentException">The histograms have not the same bins, one is empty, or a count is below 0.</exception>
    public static DifferentBins OfCounts(IReadOnlyList<long> generated, IReadOnlyList<long> real, double level = 0.05)
    {
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(real);
        var (n, m) = (generated.Sum(), real.Sum());
        if (generated.Count != real.Count || n < 1 || m < 1 || generated.Concat(real).Any(c => c < 0))
        {
            throw new ArgumentException($"Two histograms of the same bins with at least one sample each can be compared; these have " +
                $"{generated.Count} and {real.Count} bins, {n} and {m} samples.", nameof(generated));
        }

        if (level is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, "The level of a test lies between 0 and 1.");
        }

        double[] p = [.. real.Select(c => (double)c / m)], q = [.. generated.Select(c => (double)c / n)];
        double[] scores = [.. generated.Zip(real, (g, r) => Score(g, n, r, m))];
        var different = scores.Count(z => ChiSquareDistribution.UpperTail(z * z, 1) < level);
        return new DifferentBins(m, n, level, p, q, scores, different, p.Zip(q, (a, b) => (Term(a, b) + Term(b, a)) / 2).Sum());
    }

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Different} of {Bins} bins differ (about {Level * Bins:0.#} would by chance), Jensen-Shannon divergence " +
            $"{JensenShannon:0.0000} nats, {GeneratedSamples:N0} generated against {RealSamples:N0} real samples");

    private static double Score(long g, long n, long r, long m)
    {
        var pooled = (double)(g + r) / (n + m);
        return g + r == 0 || g + r == n + m ? 0 : ((double)g / n - (double)r / m) / Math.Sqrt(pooled * (1 - pooled) * (1.0 / n + 1.0 / m));
    }

    private static double Term(double a, double b) => a == 0 ? 0 : a * Math.Log(2 * a / (a + b));
}
