using ResearchKit.Data.Toy;
using static System.FormattableString;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics.Modes;

/// <summary>How much of a mixture's modes a set of samples covers, and how well.</summary>
/// <param name="Samples">How many samples were looked at.</param>
/// <param name="ModeCount">Modes that there are.</param>
/// <param name="Modes">Modes captured: those with at least one high-quality sample.</param>
/// <param name="HighQuality">Share of samples within 3 standard deviations of their nearest mode, in [0, 1]. In the plane a perfect
/// generator has 0.989.</param>
/// <param name="WithinSixSigma">The same within 6 standard deviations. In the plane a perfect generator has 1 - 1.5e-8.</param>
/// <param name="OffModeMass">Share of samples beyond 6 standard deviations of every mode: bridges between modes, stray points, NaN.</param>
/// <param name="ReverseKl">KL(generated, target) over the modes, in nats, from the high-quality samples' histogram; 0 when every mode has
/// its share, NaN when no sample is of high quality.</param>
/// <param name="PerMode">High-quality samples of each mode, in the mixture's order.</param>
/// <remarks>Lin et al. (PacGAN), arXiv:1712.04086, section 4.1, and the authors' code: the nearest mode by distance in standard deviations,
/// strictly below 3, and the histogram of those samples (the code logs its entropy, from which the paper's reverse KL follows where modes
/// have equal shares). One sample is enough for a mode, so all modes can be "captured" while most of the mass lies between them: read
/// <paramref name="Modes"/> together with the shares.</remarks>
public sealed record ModeCoverage(long Samples, int ModeCount, int Modes, double HighQuality, double WithinSixSigma, double OffModeMass,
    double ReverseKl, IReadOnlyList<long> PerMode)
{
    /// <summary>Measures samples against the mixture that they should come from.</summary>
    /// <param name="samples">Shape (N, Dimensions), N >= 1, any float dtype and device.</param>
    /// <param name="target">The truth.</param>
    /// <exception cref="ArgumentException">The samples have another shape, or there are none.</exception>
    public static ModeCoverage Measure(Tensor samples, GaussianMixture target)
    {
        Check(samples, target);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var count = samples.shape[0];
        var (distance, mode) = target.DistancesInSigmas(samples).nan_to_num(double.PositiveInfinity).min(1); // (N), (N)
        var high = distance < 3; // (N)
        var perMode = mode.masked_select(high).bincount(weights: null, minlength: target.Means.Count).cpu().data<long>().ToArray();
        var withinSix = (distance < 6).sum().item<long>();
        return new ModeCoverage(
            count, target.Means.Count, perMode.Count(n => n > 0),
            (double)perMode.Sum() / count, (double)withinSix / count, (double)(count - withinSix) / count,
            KullbackLeibler(perMode, target.Weights), perMode);
    }

    /// <summary>The share of samples whose nearest mode is each one, however far away: where a generator is that has not reached the modes
    /// yet.</summary>
    /// <param name="samples">Shape (N, Dimensions), N >= 1, any float dtype and device; those that are not finite are nearest to
    /// none.</param>
    /// <param name="target">The truth.</param>
    /// <returns>One share a mode, in the mixture's order; they sum to 1 where all samples are finite.</returns>
    /// <exception cref="ArgumentException">The samples have another shape, or there are none.</exception>
    public static double[] NearestShares(Tensor samples, GaussianMixture target)
    {
        Check(samples, target);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (distance, mode) = target.DistancesInSigmas(samples).nan_to_num(double.PositiveInfinity).min(1); // (N), (N)
        var counts = mode.masked_select(distance.isfinite()).bincount(weights: null, minlength: target.Means.Count).cpu().data<long>()
            .ToArray();
        return [.. counts.Select(c => (double)c / samples.shape[0])];
    }

    /// <summary>One line.</summary>
    public override string ToString() => Invariant(
        $"{Modes}/{ModeCount} modes, high quality {HighQuality:0.0%}, off the modes {OffModeMass:0.0%}, reverse KL {ReverseKl:0.000}");

    private static void Check(Tensor samples, GaussianMixture target)
    {
        ThrowIf(samples.dim() != 2 || samples.shape[1] != target.Dimensions || samples.shape[0] < 1,
            $"Samples for {target.Name} must have shape (N, {target.Dimensions}) with N >= 1, not {Shape(samples)}.", nameof(samples));
    }

    private static double KullbackLeibler(long[] counts, IReadOnlyList<double> weights)
    {
        var total = (double)counts.Sum();
        return total == 0 ? double.NaN : counts.Zip(weights, (n, w) => n == 0 ? 0 : n / total * Math.Log(n / total / w)).Sum();
    }
}
