using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ResearchKit.Files;
using ResearchKit.Metrics.Networks;

namespace ResearchKit.Metrics;

/// <summary>The values of one generated set, with the sets' names. Reads and writes JSON.</summary>
/// <param name="Generated">What was scored.</param>
/// <param name="Real">What it was scored against.</param>
/// <param name="Results">The values.</param>
public sealed record MetricReport(string Generated, string Real, IReadOnlyList<MetricResult> Results)
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

    /// <summary>A table of plain text.</summary>
    public override string ToString()
    {
        List<string[]> rows = [["metric", "value", "+-", "floor", "memorised", "estimator"]];
        rows.AddRange(Results.Select(r => (string[])[r.Protocol.Metric, Text(r.Value), Text(r.StandardDeviation), Text(r.Floor),
            Text(r.Memorised), r.Protocol.Estimator]));
        var widths = Enumerable.Range(0, 6).Select(i => rows.Max(r => r[i].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var line = string.Join("  ", row.Select((cell, i) => i is 0 or 5 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i])));
            text.Append(line.TrimEnd()).Append('\n');
        }

        if (Results is [var first, ..])
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{Generated} ({first.Protocol.GeneratedCount}) against {Real} ({first.Protocol.RealCount}); features: " +
                $"{first.Protocol.Network}");
            text.Append(first.Protocol.NetworkSha256.Length >= 8 ? $" ({first.Protocol.NetworkSha256[..8]})\n" : "\n");
            text.Append(first.Protocol.Preprocessing is "none" ? "" : $"images: {Images(first.Protocol)}\n");
            text.Append(first.Protocol.Network == InceptionFeatures.OfficialName
                ? "The weights are the published ones: the Fréchet distance is the FID, the kernel distance the KID, and the classifier " +
                    "score the Inception Score.\n"
                : "");
        }

        return text.ToString();
    }

    private static string Images(MetricProtocol protocol) =>
        string.Join("; ", ((string[])[protocol.Reading, protocol.Preprocessing]).Where(t => t.Length > 0));

    private static string Text(double? value) => value is { } v ? v.ToString("G5", CultureInfo.InvariantCulture) : "";
}

/// <summary>The layout of a report's JSON; generated code, so that it also reads where reflection is trimmed away.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MetricReport))]
internal sealed partial class MetricJson : JsonSerializerContext;
