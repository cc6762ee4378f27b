using System.Globalization;
using ResearchKit.Metrics;
using ResearchKit.Statistics;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics.Collapse;

/// <summary>Whether the classes of generated samples come as often as they should, by Pearson's chi-square test.</summary>
/// <param name="Counts">Samples of each class.</param>
/// <param name="Expected">The share that each class should have; they sum to 1.</param>
/// <param name="ChiSquare">Sum of (count - expected count)^2 / expected count. 0 for exact proportions; about the degrees of freedom,
/// classes - 1, for a fair draw.</param>
/// <param name="PValue">How likely a fair draw has a statistic as great. Approximate where a class is expected fewer than 5 times.</param>
/// <param name="TotalVariation">Half the sum of the shares' absolute differences, in [0, 1]: the mass in the wrong class.</param>
/// <param name="Entropy">Of the samples' shares, in nats: 0 for one class, ln(classes) for equal shares.</param>
/// <param name="Residuals">Each class's standardised residual: (count - expected count) / sqrt(expected count (1 - share)). About N(0, 1)
/// for a fair draw; NaN where there is but one class.</param>
/// <remarks>Pearson, Phil. Mag. 50 (1900); residuals standardised by the count's own deviation (Haberman, Biometrics 29, 1973). A
/// classifier's mistakes count as the generator's: look at the histogram of real samples too. Deviations: none.</remarks>
public sealed record ClassHistogram(IReadOnlyList<long> Counts, IReadOnlyList<double> Expected, double ChiSquare, double PValue,
    double TotalVariation, double Entropy, IReadOnlyList<double> Residuals)
{
    private const double Level = 0.05;

    /// <summary>Samples in all.</summary>
    public long Samples => Counts.Sum();

    /// <summary>Classes of which there is no sample, though some were expected.</summary>
    public IReadOnlyList<int> Missing => Where(i => Counts[i] == 0);

    /// <summary>Classes that come too often: residual above 0 and significant at 5 % shared among the classes (Bonferroni).</summary>
    public IReadOnlyList<int> OverRepresented => Where(i => Residuals[i] > 0 && Departs(i));

    /// <summary>Classes that come too rarely, likewise; the missing ones as a rule among them.</summary>
    public IReadOnlyList<int> UnderRepresented => Where(i => Residuals[i] < 0 && Departs(i));

    /// <summary>Counts predicted classes.</summary>
    /// <param name="labels">int64, shape (N), N >= 1, each in [0, classes), on any device.</param>
    /// <param name="expected">Each class's weight, above 0; scaled to a sum of 1. For equal shares, as many ones as there are
    /// classes.</param>
    /// <exception cref="ArgumentException">The labels have another dtype or shape, one is no class, or a weight is out of its
    /// range.</exception>
    public static ClassHistogram OfLabels(Tensor labels, IReadOnlyList<double> expected)
    {
        ThrowIf(labels.dtype != ScalarType.Int64 || labels.dim() != 1 || labels.shape[0] < 1,
            $"Labels must be int64 of shape (N) with N >= 1, not {labels.dtype} of shape {Shape(labels)}.", nameof(labels));
        ThrowIf(expected.Count < 1 || !expected.All(w => w > 0 && double.IsFinite(w)),
            "Each class's expected weight must be finite and above 0; leave classes out that cannot occur.", nameof(expected));
        using var scope = NewDisposeScope();
        var (least, most) = (labels.min().item<long>(), labels.max().item<long>());
        ThrowIf(least < 0 || most >= expected.Count,
            $"There are {expected.Count} expected classes, 0 to {expected.Count - 1}; the labels go from {least} to " +
                $"{most}.", nameof(labels));

        return OfCounts(labels.bincount(weights: null, minlength: expected.Count).cpu().data<long>().ToArray(),
            [.. expected.Select(w => w / expected.Sum())]);
    }

    /// <summary>Counts the likeliest classes.</summary>
    /// <param name="logits">Shape (N, classes), N >= 1, any float dtype and device; of equal logits the first class counts.</param>
    /// <param name="expected">As above; null for equal shares.</param>
    /// <exception cref="ArgumentException">Rank is not 2, the classes differ in number, a logit is NaN or infinite, or a weight is out of
    /// its range.</exception>
    public static ClassHistogram OfLogits(Tensor logits, IReadOnlyList<double>? expected = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var values = FeatureMatrix.Checked(logits, nameof(logits), minimumRows: 1);
        expected ??= [.. Enumerable.Repeat(1.0, (int)values.shape[1])];
        return expected.Count == values.shape[1]
            ? OfLabels(values.argmax(1), expected)
            : throw new ArgumentException($"The logits are of {values.shape[1]} classes, and weights are expected for {expected.Count}.",
                nameof(expected));
    }

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Samples:N0} samples in {Counts.Count - Missing.Count} of {Counts.Count} classes, chi-square {ChiSquare:0.0} (p {Probability})," +
        $" {TotalVariation:0.0%} of the mass in the wrong class, entropy {Entropy:0.00} of {Math.Log(Counts.Count):0.00} nats")
        + Named("missing", Missing) + Named("too often", OverRepresented) + Named("too rarely", [.. UnderRepresented.Except(Missing)]);

    private string Probability => PValue > 0 ? string.Create(CultureInfo.InvariantCulture, $"= {PValue:G2}") : "< 1E-300";

    private static ClassHistogram OfCounts(long[] counts, double[] shares)
    {
        var n = (double)counts.Sum();
        double[] residuals = [.. counts.Zip(shares, (c, p) => (c - n * p) / Math.Sqrt(n * p * (1 - p)))];
        var statistic = counts.Zip(shares, (c, p) => (c - n * p) * (c - n * p) / (n * p)).Sum();
        var probability = counts.Length == 1 ? 1 : ChiSquareDistribution.UpperTail(statistic, counts.Length - 1);
        var entropy = -counts.Where(c => c > 0).Sum(c => c / n * Math.Log(c / n)) + 0.0; // not -0
        return new ClassHistogram(counts, shares, statistic, probability, counts.Zip(shares, (c, p) => Math.Abs(c / n - p)).Sum() / 2,
            entropy, residuals);
    }

    private static string Named(string what, IReadOnlyList<int> classes) =>
        classes.Count == 0 ? "" : $", {what}: {string.Join(", ", classes)}";

    private bool Departs(int i) => ChiSquareDistribution.UpperTail(Residuals[i] * Residuals[i], 1) < Level / Counts.Count;

    private int[] Where(Func<int, bool> holds) => [.. Enumerable.Range(0, Counts.Count).Where(holds)];
}
