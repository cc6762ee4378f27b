namespace ResearchKit.Statistics;

/// <summary>The chi-square distribution, for tests of counts. With one degree of freedom it is that of a squared standard normal
/// number.</summary>
internal static class ChiSquareDistribution
{
    private const int MostTerms = 10_000;
    private const double Precision = 1e-16;

    // Lanczos, SIAM J. Numer. Anal. B 1 (1964), with g = 7 and nine terms: 15 digits of the gamma function.
    private static readonly double[] _lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>How likely a value is to be exceeded: the p-value of a statistic.</summary>
    /// <param name="value">At least 0.</param>
    /// <param name="degrees">Degrees of freedom, above 0; fractions count.</param>
    /// <returns>In [0, 1], within 1e-11 of itself where it is a normal number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 0 or NaN, or there are no degrees.</exception>
    /// <remarks>The regularised incomplete gamma function Q(degrees / 2, value / 2): Abramowitz and Stegun, 26.4.19, by the series 6.5.29
    /// below its middle and the continued fraction 6.5.31 above.</remarks>
    public static double UpperTail(double value, double degrees)
    {
        if (!(value >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A chi-square statistic is at least 0.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        var (a, x) = (degrees / 2, value / 2);
        if (x == 0 || double.IsPositiveInfinity(x))
        {
            return x == 0 ? 1 : 0;
        }

        var scale = Math.Exp(a * Math.Log(x) - x - LogGamma(a)); // x^a exp(-x) / Gamma(a)
        return x < a + 1 ? 1 - scale * Series(a, x) : scale * Fraction(a, x);
    }

    private static double Series(double a, double x)
    {
        var (term, sum) = (1 / a, 1 / a);
        for (var n = 1; n < MostTerms && term > Precision * sum; n++)
        {
            sum += term *= x / (a + n);
        }

        return sum;
    }

    // By Steed's method: each turn adds what the next convergent differs from the last.
    private static double Fraction(double a, double x)
    {
        var b = x + 1 - a;
        var d = 1 / b;
        var (sum, step) = (d, d);
        for (var n = 1; n < MostTerms && Math.Abs(step) > Precision * Math.Abs(sum); n++)
        {
            var numerator = -n * (n - a);
            b += 2;
            d = 1 / (b + numerator * d);
            step *= b * d - 1;
            sum += step;
        }

        return sum;
    }

    private static double LogGamma(double a)
    {
        if (a < 0.5)
        {
            return LogGamma(a + 1) - Math.Log(a);
        }

        var (sum, t) = (_lanczos[0], a + 6.5);
        for (var i = 1; i < _lanczos.Length; i++)
        {
            sum += _lanczos[i] / (a - 1 + i);
        }

        return 0.5 * Math.Log(2 * Math.PI) + (a - 0.5) * Math.Log(t) - t + Math.Log(sum);
    }
}
