using MathNet.Numerics.Statistics;

namespace ResearchKit.Statistics;

/// <summary>Spearman's rank correlation: how far two series of numbers rise and fall together, whatever their scales.</summary>
public static class RankCorrelation
{
    /// <summary>The correlation of the two series' ranks; equal values share the mean of their ranks.</summary>
    /// <param name="first">Numbers, at least 2.</param>
    /// <param name="second">As many numbers.</param>
    /// <returns>1 where the series put their members into one order, -1 where into the reverse; NaN where one of them is
    /// constant.</returns>
    /// <exception cref="ArgumentException">The counts differ, are below 2, or a number is NaN.</exception>
    public static double Of(IReadOnlyList<double> first, IReadOnlyList<double> second) =>
        first.Count != second.Count || first.Count < 2
            ? throw new ArgumentException($"A correlation needs two series of one length of at least 2, not {first.Count} and " +
                $"{second.Count} numbers.", nameof(second))
            : first.Concat(second).Any(double.IsNaN)
            ? throw new ArgumentException("A rank correlation is of numbers that can be ordered, and there is a NaN among them.",
                nameof(first))
            : Correlation.Spearman(first, second);
}
