namespace ResearchKit.Metrics;

/// <summary>How a value was made: all that it depends on besides the generated samples themselves. Two values can be compared only where
/// all of this agrees.</summary>
/// <param name="Metric">The metric's name, for example <c>frechet-distance</c>.</param>
/// <param name="Network">The feature network's name; <c>given</c> where features were handed in.</param>
/// <param name="NetworkSha256">SHA-256 of its weights; empty where features were handed in.</param>
/// <param name="Preprocessing">Resizer and range before the network.</param>
/// <param name="Estimator">The estimator with its parameters, for example <c>100 subsets of 1000, cubic kernel</c>.</param>
/// <param name="Precision">The arithmetic, for example <c>float64</c>.</param>
/// <param name="Seed">The seed of its random choices; null where it makes none.</param>
/// <param name="GeneratedCount">Generated samples.</param>
/// <param name="RealCount">Real samples; 0 where the metric looks at none.</param>
/// <param name="RealSha256">SHA-256 of the real samples' content; empty where the metric looks at none.</param>
public sealed record MetricProtocol(
    string Metric,
    string Network,
    string NetworkSha256,
    string Preprocessing,
    string Estimator,
    string Precision,
    long? Seed,
    long GeneratedCount,
    long RealCount,
    string RealSha256)
{
    /// <summary>The first field in which another protocol differs, with both values; null where none does.</summary>
    /// <param name="other">The other protocol.</param>
    public string? DifferenceTo(MetricProtocol other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (string Field, object? Mine, object? Other)[] fields =
        [
            (nameof(Metric), Metric, other.Metric), (nameof(Network), Network, other.Network),
                (nameof(NetworkSha256), NetworkSha256, other.NetworkSha256),
            (nameof(Preprocessing), Preprocessing, other.Preprocessing), (nameof(Estimator), Estimator, other.Estimator),
                (nameof(Precision), Precision, other.Precision),
            (nameof(Seed), Seed, other.Seed), (nameof(GeneratedCount), GeneratedCount, other.GeneratedCount),
                (nameof(RealCount), RealCount, other.RealCount),
            (nameof(RealSha256), RealSha256, other.RealSha256),
        ];
        return Array.Find(fields, f => !Equals(f.Mine, f.Other)) is { Field: { } field } different
            ? $"{field}: {different.Mine ?? "none"} and {different.Other ?? "none"}"
            : null;
    }
}
