namespace ResearchKit.Statistics;

/// <summary>Wilson's interval of a share.</summary>
/// <remarks>Wilson, JASA 22, 1927.</remarks>
public static class WilsonInterval
{
    /// <summary>The interval.</summary>
    /// <param name="share">The share that was seen, in [0, 1].</param>
    /// <param name="count">Of how many, at least 1.</param>
    /// <param name="level">The interval's level, for example 0.95.</param>
    /// <returns>Low and high, within [0, 1].</returns>
    public static (double Low, double High) Of(double share, double count, double level)
    {
        var z = StudentDistribution.Factor(level, 1e6); // so many degrees are the normal distribution's
        var (center, scale) = (share + (z * z / (2 * count)), 1 + (z * z / count));
        var half = z * Math.Sqrt((share * (1 - share) / count) + (z * z / (4 * count * count)));
        return (share <= 0 ? 0 : (center - half) / scale, share >= 1 ? 1 : (center + half) / scale);
    }
}
