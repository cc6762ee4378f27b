using System.Diagnostics;

namespace ResearchKit.Metrics;

/// <summary>The Fréchet distance, with its protocol, where stored statistics stand for a set: they are enough for no other metric, and for
/// no floor.</summary>
/// <remarks>Statistics do not tell which network made them: the report has the other set's, or <c>given</c>, and trusts the caller. A count
/// that nobody knows is 0.</remarks>
public static class StatisticsEvaluation
{
    /// <summary>Features against stored statistics.</summary>
    /// <param name="generated">What is scored.</param>
    /// <param name="realName">What the real set is called in the report.</param>
    /// <param name="real">Its statistics.</param>
    /// <exception cref="ArgumentException">The widths differ, there are fewer than 2 samples, or a number is NaN or infinite.</exception>
    public static MetricReport Run(FeatureSet generated, string realName, FeatureStatistics real)
    {
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(real);
        return Report(generated.Name, generated.Count, realName, real.Count, HashOf(real), generated,
            () => FrechetDistance.Of(generated.Features, real));
    }

    /// <summary>Stored statistics against features.</summary>
    /// <inheritdoc cref="Run(FeatureSet, string, FeatureStatistics)"/>
    public static MetricReport Run(string generatedName, FeatureStatistics generated, FeatureSet real)
    {
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(real);
        // symmetric
        return Report(generatedName, generated.Count, real.Name, real.Count, real.ContentSha256, real,
            () => FrechetDistance.Of(real.Features, generated));
    }

    /// <summary>Stored statistics against stored statistics.</summary>
    /// <inheritdoc cref="Run(FeatureSet, string, FeatureStatistics)"/>
    public static MetricReport Run(string generatedName, FeatureStatistics generated, string realName, FeatureStatistics real)
    {
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(real);
        return Report(generatedName, generated.Count, realName, real.Count, HashOf(real), null, () => FrechetDistance.Of(generated, real));
    }

    private static MetricReport Report(string generated, long? generatedCount, string real, long? realCount, string realSha256,
        FeatureSet? features, Func<double> compute)
    {
        var watch = Stopwatch.StartNew();
        var value = compute();
        var protocol = new MetricProtocol(
            "frechet-distance", features?.Network
                ?? "given", features?.NetworkSha256
                ?? "", features?.Preprocessing
                ?? "none", "stored statistics", "float64", null, generatedCount
                ?? 0, realCount
                ?? 0, realSha256);
        return new MetricReport(generated, real,
            [new MetricResult(value, null, protocol, null, null, watch.Elapsed.TotalSeconds, DateTimeOffset.UtcNow,
            MetricEvaluation.Versions)]);
    }

    private static string HashOf(FeatureStatistics statistics) =>
        $"{FeatureSet.HashOf(statistics.Mean)} {FeatureSet.HashOf(statistics.Covariance)}";
}
