using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ResearchKit.Files;

namespace ResearchKit.Metrics.Text;

/// <summary>Lines beside the real lines of a file: how far their n-grams are from those, and what share of them is known. Writes JSON.
/// </summary>
/// <param name="Divergences">Of n-grams of <see cref="NgramDivergence.Lengths"/> characters, in their order.</param>
/// <param name="Reading">What the lines are; its whole set is the real file, and it holds nothing out.</param>
public sealed record TextReport(IReadOnlyList<double> Divergences, LineReading Reading)
{
    private const string Length = "length";

    /// <summary>What is compared: names, numbers of lines and the seed, in words; null where the caller did not say.</summary>
    public string? Compared { get; init; }

    /// <summary>The 95 % intervals for these counts of lines: of <c>divergence1</c> to <c>divergence4</c>, <c>known</c>, <c>copied</c>
    /// and <c>length</c>. Empty where a set has fewer than 40 lines.</summary>
    public IReadOnlyDictionary<string, MetricInterval> Intervals { get; private init; } = new Dictionary<string, MetricInterval>();

    /// <summary>The same of lines of the training, without intervals; null where none are given.</summary>
    public TextReport? Training { get; private init; }

    /// <summary>Scores lines.</summary>
    /// <param name="lines">Generated lines, at least one.</param>
    /// <param name="real">Real lines, at least one.</param>
    /// <param name="training">Lines that were trained on, in any order: as many as generated ones are scored beside; null for none.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The report; all divergences in [0, 1] bits, all shares in [0, 1].</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no generated line, or no line of the training.</exception>
    /// <remarks>Gulrajani et al., arXiv:1704.00028, with the deviation that <see cref="NgramDivergence"/> states. The intervals are
    /// those of <see cref="MetricInterval"/>. For the shares the generated lines are the random sample, and the files are fixed.
    /// Between nearly equal sets, and of more than 1,000 lines, those of divergences are wider than they need be. The share of different
    /// lines has none: lines that are left out repeat fewer others, which a jackknife takes for chance.</remarks>
    public static TextReport Of(IReadOnlyList<string> lines, IReadOnlyList<string> real, IReadOnlyList<string>? training = null,
        CancellationToken cancellation = default)
    {
        var report = Read(lines, real);
        return report with
        {
            Intervals = IntervalsOf(report, lines, real, Read, cancellation),
            Training = training is null ? null : Read([.. training.Take(lines.Count)], real),
        };

        TextReport Read(IReadOnlyList<string> some, IReadOnlyList<string> others) =>
            new([.. NgramDivergence.Lengths.Select(n => NgramDivergence.Of(some, others, n))],
                LineReading.Of(some, real, null, training));
    }

    /// <summary>The report as indented JSON; numbers read back exactly, and NaN is written as text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TextJson.Default.TextReport);

    /// <summary>Writes the report beside its final name and renames it.</summary>
    /// <param name="path">A name that ends in <c>.json</c>; its folder is made when it is missing.</param>
    public void Save(string path) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(ToJson() + "\n"));

    /// <summary>Two tables, for people.</summary>
    public override string ToString()
    {
        string[] heads = ["generated", "95 % interval", "training"];
        var divergences = TextTable.Of(["n-grams of", .. heads],
            [.. NgramDivergence.Lengths.Select((n, i) => Row($"{n}", $"divergence{n}", r => r.Divergences[i]))]);
        var readings = TextTable.Of(["lines", .. heads],
        [
            Row("in the real file", "known", r => r.Reading.Known), Row("different", "distinct", r => r.Reading.Distinct),
            .. Training is null ? [] : (string[][])[Row("in the training file", "copied", r => r.Reading.Copied)],
            Row("characters", Length, r => r.Reading.Length),
        ], 0);
        return (Compared is null ? "" : Compared + "\n") +
            "Jensen-Shannon divergence in bits: 0 for equal n-grams, 1 for no common one; few lines make it greater\n" +
            $"{divergences}shares of lines, and their mean length\n{readings}" +
            (Intervals.Values.FirstOrDefault() is { } any ? $"95 % intervals: {any.Method} of lines, for these counts of them.\n"
                : $"no intervals: a jackknife needs {GroupedValues.FewestSamples} lines of each set.\n");
    }

    private static Dictionary<string, MetricInterval> IntervalsOf(TextReport report, IReadOnlyList<string> lines,
        IReadOnlyList<string> real, Func<IReadOnlyList<string>, IReadOnlyList<string>, TextReport> read, CancellationToken cancellation)
    {
        if (Math.Min(lines.Count, real.Count) < GroupedValues.FewestSamples)
        {
            return [];
        }

        var groups = GroupedValues.Of([lines.Count, real.Count], rows => [.. read(Some(lines, rows[0]), Some(real, rows[1])).Values
            .Select(v => v.Value.Value)], cancellation);
        return report.Values.Select((v, i) => (v.Name, Interval: groups.Interval(i, v.Value, IntervalKind.TheseCounts, lines.Count)))
            .ToDictionary(v => v.Name, v => v.Name == Length ? v.Interval : v.Interval with { High = Math.Min(v.Interval.High, 1) });

        static string[] Some(IReadOnlyList<string> all, Tensor rows) => [.. rows.data<long>().ToArray().Select(i => all[(int)i])];
    }

    private IEnumerable<(string Name, MetricValue Value)> Values =>
    [
        .. NgramDivergence.Lengths.Select((n, i) => ($"divergence{n}", MetricValue.Distance("", Divergences[i]))),
        ("known", Share(Reading.Known)), .. double.IsNaN(Reading.Copied) ? [] : new[] { ("copied", Share(Reading.Copied)) },
        (Length, MetricValue.Distance("", Reading.Length)),
    ];

    private static MetricValue Share(double value) => MetricValue.Share("", value, MetricRole.Overall);

    private string[] Row(string name, string key, Func<TextReport, double> value) =>
        [name, Number(value(this)), Intervals.TryGetValue(key, out var at) ? $"[{Number(at.Low)}, {Number(at.High)}]" : "",
            Training is null ? "" : Number(value(Training))];

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}

/// <summary>The layout of a report's JSON, as that of other metrics; generated code, so that it also works where reflection is trimmed
/// away.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TextReport))]
internal sealed partial class TextJson : JsonSerializerContext;
