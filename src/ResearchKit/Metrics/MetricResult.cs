using System.Globalization;

namespace ResearchKit.Metrics;

/// <summary>One value with all that is needed to cite it.</summary>
/// <param name="Value">The value.</param>
/// <param name="StandardDeviation">Its spread over subsets or splits; null where the estimator has none. Not an error of the value.</param>
/// <param name="Protocol">How it was made.</param>
/// <param name="Floor">The value of real samples against other real samples, half of the set against the other half: what a perfect
/// generator would get. Null where it was not computed.</param>
/// <param name="Memorised">The value of the training samples themselves: what a generator would get that copies them. Null where there was
/// no training set.</param>
/// <param name="Seconds">What it took, without the features.</param>
/// <param name="Time">When it was made, in UTC.</param>
/// <param name="Versions">The kit's, TorchSharp's and libtorch's versions.</param>
public sealed record MetricResult(
    double Value,
    double? StandardDeviation,
    MetricProtocol Protocol,
    double? Floor,
    double? Memorised,
    double Seconds,
    DateTimeOffset Time,
    string Versions)
{
    /// <summary>This value minus another one of the same protocol.</summary>
    /// <param name="other">The other result.</param>
    /// <exception cref="IncomparableResultsException">The protocols differ; names the field.</exception>
    public double Minus(MetricResult other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Protocol.DifferenceTo(other.Protocol) is { } difference
            ? throw new IncomparableResultsException($"Two values of different protocols cannot be compared: {difference}.")
            : Value - other.Value;
    }

    /// <summary>One line: metric, value, spread, floor, counts and network.</summary>
    public override string ToString()
    {
        var spread = StandardDeviation is { } s ? string.Create(CultureInfo.InvariantCulture, $" +- {s:G4}") : "";
        var floor = Floor is { } f ? string.Create(CultureInfo.InvariantCulture, $" (floor {f:G4})") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{Protocol.Metric} {Value:G6}{spread}{floor}, {Protocol.GeneratedCount} generated and {Protocol.RealCount} real, " +
            $"{Protocol.Network}");
    }
}
