using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ResearchKit.Files;
using ResearchKit.Metrics.Networks;
using ResearchKit.Metrics.Sounds;

namespace ResearchKit.Metrics;

/// <summary>The values of one generated set, with the sets' names. Reads and writes JSON.</summary>
/// <param name="Generated">What was scored.</param>
/// <param name="Real">What it was scored against.</param>
/// <param name="Results">The values.</param>
/// <param name="Geometry">How the real set lies in the space of its features; null where that is not known.</param>
public sealed record MetricReport(string Generated, string Real, IReadOnlyList<MetricResult> Results, ReferenceGeometry? Geometry = null)
{
    /// <summary>The value of a metric.</summary>
    /// <param name="metric">Its name, for example <c>frechet-distance</c>.</param>
    /// <exception cref="ArgumentException">The report has no such metric; the message lists those it has.</exception>
    public MetricResult this[string metric] => Results.FirstOrDefault(r => r.Protocol.Metric == metric)
        ?? throw new ArgumentException($"The report has no metric '{metric}'. It has: " +
            $"{string.Join(", ", Results.Select(r => r.Protocol.Metric))}.", nameof(metric));

    /// <summary>Reads a report.</summary>
    /// <param name="json">What <see cref="ToJson"/> wrote.</param>
    /// <exception cref="FormatException">It is no report.</exception>
    public static MetricReport FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, MetricJson.Default.MetricReport)
                ?? throw new FormatException("This is no report of metrics: it is null.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"This is no report of metrics: {e.Message}", e);
        }
    }

    /// <summary>The report as indented JSON; numbers read back exactly, and NaN and infinities are written as text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MetricJson.Default.MetricReport);

    /// <summary>Writes the report beside its final name and renames it.</summary>
    /// <param name="path">A name that ends in <c>.json</c>; its folder is made when it is missing.</param>
    public void Save(string path) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(ToJson() + "\n"));

    /// <summary>A table of plain text: what the values tell, each with an arrow towards the better ones, its interval, and the floor.
    /// Columns without a number are left out.</summary>
    public override string ToString()
    {
        var byRole = Results.OrderBy(r => r.Role).ToArray();
        var text = new StringBuilder(TextTable.Of(
            ["", "metric", "value", "95 % interval", "+-", "floor", "memorised", "estimator"],
            [.. byRole.Select((r, i) => (string[])[i > 0 && byRole[i - 1].Role == r.Role ? "" : r.Role.ToString().ToLowerInvariant(),
                $"{r.Protocol.Metric} {Arrow(r.Aim)}".TrimEnd(), Text(r.Value), Text(r.Interval), Text(r.StandardDeviation), Text(r.Floor),
                Text(r.Memorised), r.Protocol.Estimator])],
            leftAligned: [0, 1, 7]));
        text.Append(IntervalNotes());
        if (Results is [var first, ..])
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{Generated} ({first.Protocol.GeneratedCount}) against {Real}{RealCount}; features: " +
                $"{first.Protocol.Network}");
            text.Append(first.Protocol.NetworkSha256.Length >= 8 ? $" ({first.Protocol.NetworkSha256[..8]})\n" : "\n");
            var samples = first.Protocol.Network == LogMel.Name ? "sounds" : "images";
            text.Append(first.Protocol.Preprocessing is "none" ? "" : $"{samples}: {Reading(first.Protocol)}\n");
            text.Append(Geometry is null ? "" : $"real set: {Geometry}\n");
            text.Append(first.Protocol.Network == InceptionFeatures.OfficialName
                ? "The weights are the published ones: the Fréchet distance is the FID, the kernel distance the KID, and the classifier " +
                    "score the Inception Score.\n"
                : "");
        }

        return text.ToString();
    }

    // A metric of the generated set alone looks at the real one for its floor, if at all; of stored statistics the count may be unknown.
    private string RealCount => Results.Max(r => r.Protocol.RealCount) is > 0 and var count ? $" ({count})"
        : Results.Any(r => r.Floor is not null) ? " (for the floor)" : "";

    private string IntervalNotes()
    {
        var notes = new StringBuilder();
        var intervals = Results.Select(r => r.Interval).OfType<MetricInterval>().ToArray();
        if (intervals.Length > 0)
        {
            notes.Append(CultureInfo.InvariantCulture, $"95 % intervals: {intervals[0].Method} of samples, for these counts of them")
                .Append(intervals.Any(i => i.Kind == IntervalKind.Unlimited)
                    ? ".\n* for unlimited samples, towards which the value falls.\n"
                    : ".\n");
        }

        foreach (var results in Results.Where(r => r.NoInterval is not null).GroupBy(r => r.NoInterval))
        {
            var metrics = results.Select(r => r.Protocol.Metric).ToArray();
            var names = metrics.Length == Results.Count ? "every metric" : string.Join(", ", metrics);
            notes.Append(CultureInfo.InvariantCulture, $"{names}: no interval; {results.Key}.\n");
        }

        return notes.ToString();
    }

    internal static string Arrow(MetricAim aim) => aim switch { MetricAim.Higher => "↑", MetricAim.Lower => "↓", _ => "" };

    private static string Text(MetricInterval? interval) => interval is null ? ""
        : $"[{Text(interval.Low)}, {Text(interval.High)}]{(interval.Kind == IntervalKind.Unlimited ? "*" : " ")}";

    private static string Reading(MetricProtocol protocol) =>
        string.Join("; ", ((string[])[protocol.Reading, protocol.Preprocessing]).Where(t => t.Length > 0));

    private static string Text(double? value) => value is { } v ? v.ToString("G5", CultureInfo.InvariantCulture) : "";
}

/// <summary>The layout of a report's JSON; generated code, so that it also reads where reflection is trimmed away.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, UseStringEnumConverter = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MetricReport))]
internal sealed partial class MetricJson : JsonSerializerContext;
