namespace ResearchKit.Experiments.Sweeps;

/// <summary>Student's t distribution, for intervals of means over few seeds.</summary>
internal static class StudentDistribution
{
    /// <summary>The half-width factor of a two-sided interval of the mean.</summary>
    /// <param name="level">The level, for example 0.95.</param>
    /// <param name="degrees">Degrees of freedom, at least 1.</param>
    public static double Factor(double level, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        var (low, high) = (0.0, 1e6);
        for (var i = 0; i < 200; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Within(middle, degrees) < level ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    // P(|T| < t) is a finite sum for whole degrees of freedom: Abramowitz and Stegun, 26.7.3 and 26.7.4.
    private static double Within(double t, int degrees)
    {
        var angle = Math.Atan(t / Math.Sqrt(degrees));
        var (cos, sum) = (Math.Cos(angle), 0.0);
        var term = degrees % 2 == 0 ? 1.0 : cos;
        for (var k = degrees % 2 == 0 ? 1 : 2; k < degrees; k += 2)
        {
            sum += term;
            term *= cos * cos * k / (k + 1);
        }

        return degrees % 2 == 0 ? Math.Sin(angle) * sum : (angle + (Math.Sin(angle) * sum)) * 2 / Math.PI;
    }
}
