using MathNet.Numerics;

namespace ResearchKit.Statistics;

/// <summary>The chi-square distribution, for tests of counts. With one degree of freedom it is that of a squared standard normal
/// number.</summary>
internal static class ChiSquareDistribution
{
    /// <summary>How likely a value is to be exceeded: the p-value of a statistic.</summary>
    /// <param name="value">At least 0.</param>
    /// <param name="degrees">Degrees of freedom, above 0; fractions count.</param>
    /// <returns>In [0, 1], within 1e-11 of itself where it is a normal number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 0 or NaN, or there are no degrees.</exception>
    /// <remarks>The regularised incomplete gamma function Q(degrees / 2, value / 2): Abramowitz and Stegun, 26.4.19.</remarks>
    public static double UpperTail(double value, double degrees)
    {
        if (!(value >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A chi-square statistic is at least 0.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        return double.IsPositiveInfinity(value) ? 0 : SpecialFunctions.GammaUpperRegularized(degrees / 2, value / 2);
    }
}
