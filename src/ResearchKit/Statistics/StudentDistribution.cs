using MathNet.Numerics.Distributions;

namespace ResearchKit.Statistics;

/// <summary>Student's t distribution, for intervals of means over few values.</summary>
internal static class StudentDistribution
{
    /// <summary>How many standard errors a two-sided interval reaches to each side.</summary>
    /// <param name="level">The level in (0, 1), for example 0.95.</param>
    /// <param name="degrees">Degrees of freedom, at least 1; fractions count. With a single one the level is at most 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer degrees.</exception>
    public static double Factor(double level, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        return StudentT.InvCDF(location: 0, scale: 1, degrees, (1 + level) / 2);
    }

    /// <summary>How probable a value at least so far from 0, to either side, is.</summary>
    /// <param name="value">Finite.</param>
    /// <param name="degrees">Degrees of freedom, at least 1; fractions count.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer degrees.</exception>
    public static double TwoSided(double value, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        return 2 * StudentT.CDF(location: 0, scale: 1, degrees, -Math.Abs(value));
    }
}
