namespace ResearchKit.Statistics;

/// <summary>Student's t distribution, for intervals of means over few values.</summary>
internal static class StudentDistribution
{
    private const int Intervals = 500;

    /// <summary>How many standard errors a two-sided interval reaches to each side.</summary>
    /// <param name="level">The level in (0, 1), for example 0.95.</param>
    /// <param name="degrees">Degrees of freedom, at least 1; fractions count.</param>
    /// <returns>Within 0.01 % of the true value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer degrees.</exception>
    /// <remarks>With t = sqrt(n) tan(angle), P(|T| &lt; t) is the share of the integral of cos(angle)^(n - 1) that lies below t's angle
    /// (Abramowitz and Stegun, 26.7.1), taken by Simpson's rule.</remarks>
    public static double Factor(double level, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        var most = Math.Min(Math.PI / 2, 12 / Math.Sqrt(degrees)); // beyond, nothing is left
        var (low, high, wanted) = (0.0, most, level * Below(most, degrees));
        for (var i = 0; i < 50; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Below(middle, degrees) < wanted ? (middle, high) : (low, middle);
        }

        return Math.Sqrt(degrees) * Math.Tan((low + high) / 2);
    }

    private static double Below(double angle, double degrees)
    {
        var (step, sum) = (angle / Intervals, 0.0);
        for (var i = 0; i <= Intervals; i++)
        {
            var weight = i is 0 or Intervals ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.Pow(Math.Max(0, Math.Cos(i * step)), degrees - 1);
        }

        return sum * step / 3;
    }
}
