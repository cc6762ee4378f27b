using System.Globalization;

namespace ResearchKit.Experiments.Options;

/// <summary>A number from a paper's table.</summary>
/// <param name="Mean">The mean over runs, or the one number.</param>
/// <param name="Error">Its standard error as published; null where none is.</param>
/// <param name="Runs">Runs behind it; null where it is not told.</param>
/// <param name="From">The paper, where it is another than the protocol's source: its networks and budget may differ too.</param>
public sealed record PublishedValue(double Mean, double? Error = null, int? Runs = null, string? From = null)
{
    /// <summary>As it is printed: <c>17.3 ± 0.8</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Mean:G4}{(Error is { } e ? $" ± {e:G2}" : "")}{(From is null ? "" : $" ({From})")}");
}
