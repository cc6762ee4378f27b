using static System.FormattableString;

namespace ResearchKit.Metrics;

/// <summary>One value with all that is needed to cite it.</summary>
/// <param name="Value">The value.</param>
/// <param name="StandardDeviation">Its spread over subsets or splits; null where the estimator has none. Not an error of the value.</param>
/// <param name="Protocol">How it was made.</param>
/// <param name="Floor">The value of real samples against other real samples: what a perfect generator would get. One random half of the
/// real set is scored against the other, in the proportion of the two sets' counts; where the metric falls with 1/N, that is carried on
/// to the counts themselves. Null where it was not computed.</param>
/// <param name="Memorised">The value of the training samples themselves: what a generator would get that copies them. Null where there was
/// no training set.</param>
/// <param name="Seconds">What it took, without the features.</param>
/// <param name="Time">When it was made, in UTC.</param>
/// <param name="Versions">The kit's, TorchSharp's and libtorch's versions.</param>
/// <param name="Interval">Its 95 % interval over samples of both sets; null where it was not computed or there is none.</param>
/// <param name="NoInterval">Why there is none, or null.</param>
/// <param name="Role">What the value tells of a generator.</param>
/// <param name="Aim">Whether more of it is better.</param>
public sealed record MetricResult(double Value, double? StandardDeviation, MetricProtocol Protocol, double? Floor, double? Memorised,
    double Seconds, DateTimeOffset Time, string Versions, MetricInterval? Interval = null, string? NoInterval = null,
    MetricRole Role = MetricRole.Overall, MetricAim Aim = MetricAim.Neither)
{
    /// <summary>This value minus another one of the same protocol.</summary>
    /// <param name="other">The other result.</param>
    /// <exception cref="IncomparableResultsException">The protocols differ; names the field.</exception>
    public double Minus(MetricResult other) => Protocol.DifferenceTo(other.Protocol) is { } difference
        ? throw new IncomparableResultsException($"Two values of different protocols cannot be compared: {difference}.")
        : Value - other.Value;

    /// <summary>One line: metric, value, interval, spread, floor, counts and network.</summary>
    public override string ToString()
    {
        var spread = (Interval is { } i ? Invariant($" [{i.Low:G4}, {i.High:G4}]") : "")
            + (StandardDeviation is { } s ? Invariant($" +- {s:G4}") : "");
        var floor = Floor is { } f ? Invariant($" (floor {f:G4})") : "";
        return Invariant($"{Protocol.Metric} {Value:G6}{spread}{floor}, ") +
            $"{Protocol.GeneratedCount} generated and {Protocol.RealCount} real, {Protocol.Network}";
    }
}

/// <summary>How a value was made: all that it depends on besides the generated samples themselves. Two values can be compared only where
/// all of this agrees.</summary>
/// <param name="Metric">The metric's name, for example <c>frechet-distance</c>.</param>
/// <param name="Network">The feature network's name; <c>given</c> where features were handed in.</param>
/// <param name="NetworkSha256">SHA-256 of its weights; empty where features were handed in.</param>
/// <param name="Preprocessing">The network's preparation of its images: colour, size, resizer, range.</param>
/// <param name="Estimator">The estimator with its parameters, for example <c>100 subsets of 1000, cubic kernel</c>.</param>
/// <param name="Precision">The arithmetic, for example <c>float64</c>.</param>
/// <param name="Seed">The seed of its random choices; null where it makes none.</param>
/// <param name="GeneratedCount">Generated samples.</param>
/// <param name="RealCount">Real samples; 0 where the metric looks at none.</param>
/// <param name="RealSha256">SHA-256 of the real samples' content; empty where the metric looks at none.</param>
/// <param name="TrainingSha256">SHA-256 of the training samples' content; empty where the metric looks at none.</param>
/// <param name="Reading">What became of the samples before <paramref name="Preprocessing"/>: a folder's rules for transparency, orientation
/// and size; empty where nothing did.</param>
public sealed record MetricProtocol(string Metric, string Network, string NetworkSha256, string Preprocessing, string Estimator,
    string Precision, long? Seed, long GeneratedCount, long RealCount, string RealSha256, string TrainingSha256 = "", string Reading = "")
{
    /// <summary>The first field in which another protocol differs, with both values; null where none does.</summary>
    /// <param name="other">The other protocol.</param>
    public string? DifferenceTo(MetricProtocol other) => typeof(MetricProtocol).GetProperties()
        .Select(p => (p.Name, Mine: p.GetValue(this), Other: p.GetValue(other)))
        .Where(p => !Equals(p.Mine, p.Other))
        .Select(p => $"{p.Name}: {p.Mine ?? "none"} and {p.Other ?? "none"}")
        .FirstOrDefault();
}

/// <summary>Two results were made in different ways. The message names the first field of their protocols that differs.</summary>
/// <param name="message">What differs.</param>
public sealed class IncomparableResultsException(string message) : Exception(message);
