using System.Globalization;
using ResearchKit.Statistics;
using static ResearchKit.Metrics.Arguments;
using static System.FormattableString;

namespace ResearchKit.Metrics;

/// <summary>What a comparison says of one value.</summary>
public enum ComparisonVerdict
{
    /// <summary>The difference may be chance.</summary>
    NotToldApart,

    /// <summary>The first is better.</summary>
    FirstIsBetter,

    /// <summary>The second is better.</summary>
    SecondIsBetter,

    /// <summary>They differ, and neither direction is the better one.</summary>
    Differ,
}

/// <summary>One value of two generators.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Role">What it tells.</param>
/// <param name="Aim">Whether more of it is better.</param>
/// <param name="First">The first generator's value; the mean over its runs.</param>
/// <param name="Second">The second's.</param>
/// <param name="Difference">The second's less the first's, each without its bias where the metric falls with 1/N.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="PValue">How probable so great a difference is for equal generators.</param>
/// <param name="Verdict">What follows, for all values together.</param>
/// <param name="More">About how many more samples of each set, in all, would tell a difference of this size; 0 where it is told.</param>
public sealed record MetricDifference(string Metric, MetricRole Role, MetricAim Aim, double First, double Second, double Difference,
    double Low, double High, double PValue, ComparisonVerdict Verdict, double More);

/// <summary>Two generators, or two settings with several runs each, on the same real set.</summary>
/// <param name="First">The first one's name.</param>
/// <param name="Second">The second's.</param>
/// <param name="Real">The real set's.</param>
/// <param name="Samples">Generated samples of each run, the same number for all.</param>
/// <param name="Runs">Runs of the first and of the second.</param>
/// <param name="Rows">Every value of the metrics.</param>
/// <remarks>A paired comparison: the jackknife leaves the same group of samples out of both generated sets and of the real set, so that
/// what the real set does to both values falls out of the difference. Where both have several runs the variance between the runs' values is
/// added (Welch's), which counts the samples' own share of it twice and so errs towards "not told apart". The verdicts hold for the whole
/// table: Holm's rule keeps the chance that equal generators get any "better" at 5 %. So a single interval may leave 0 out where the
/// verdict is "not told apart". Needs 40 samples of each set.</remarks>
public sealed record MetricComparison(string First, string Second, string Real, long Samples, (int First, int Second) Runs,
    IReadOnlyList<MetricDifference> Rows)
{
    private const double Level = 0.05;
    private const double Hopeless = 1e6;

    /// <summary>Compares.</summary>
    /// <param name="first">The first generator's samples, or those of each of its runs.</param>
    /// <param name="second">The second's, as many of each as of the first's, or the larger sets are thinned by chance.</param>
    /// <param name="real">The real set.</param>
    /// <param name="options">Which metrics. Those that have no interval cannot be compared.</param>
    /// <param name="training">What the generators were trained on, or null.</param>
    /// <param name="names">What the two are called; null for the first sets' names.</param>
    /// <param name="progress">Told the name of each metric before it is computed.</param>
    /// <param name="leftOut">Told, in a sentence, of each value that cannot be compared, which is then left out; null to refuse it.</param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">A name is no metric's, the sets are of different networks, or a metric has no interval or too
    /// few samples (where those may be left out: every metric).</exception>
    public static MetricComparison Run(IReadOnlyList<FeatureSet> first, IReadOnlyList<FeatureSet> second, FeatureSet real,
        MetricOptions options, FeatureSet? training = null, (string First, string Second)? names = null, Action<string>? progress = null,
        Action<string>? leftOut = null, CancellationToken cancellation = default)
    {
        ThrowIf(first.Count == 0 || second.Count == 0, "There is nothing to compare: a generator has no samples.");
        foreach (var set in first.Concat(second).Append(training ?? real))
        {
            MetricEvaluation.RequireOneNetwork(set, real);
        }

        var samples = first.Concat(second).Min(s => s.Count);
        var thinned = first.Concat(second).Select(s => s.Sample(samples)).ToArray();
        try
        {
            var (rows, refused) = (new List<MetricDifference>(), new List<string>());
            foreach (var metric in options.Metrics.Select(FeatureMetrics.All.Find).Distinct())
            {
                progress?.Invoke(metric.Name);
                try
                {
                    ThrowIf(metric.Interval == IntervalKind.None, "it has no interval");
                    rows.AddRange(Compare(metric, thinned[..first.Count], thinned[first.Count..], real, training, options, cancellation));
                }
                catch (ArgumentException e)
                {
                    refused.Add($"{metric.Name} cannot be compared: {e.Message.TrimEnd('.')}.");
                    ThrowIf(leftOut is null, refused[0]);
                }
            }

            ThrowIf(rows.Count == 0 && refused.Count > 0, $"No metric is left: {refused.FirstOrDefault()}");
            refused.ForEach(why => leftOut!(why));

            return new MetricComparison(names?.First ?? first[0].Name, names?.Second ?? second[0].Name, real.Name, samples,
                (first.Count, second.Count), Judged(rows, samples));
        }
        finally
        {
            Array.ForEach(thinned, t => t.Dispose());
        }
    }

    /// <summary>The row of a value.</summary>
    /// <param name="metric">Its name, for example <c>frechet-distance</c>.</param>
    public MetricDifference this[string metric] => Rows.FirstOrDefault(r => r.Metric == metric)
        ?? throw new ArgumentException($"The comparison has no value '{metric}'. It has: {string.Join(", ", Rows.Select(r => r.Metric))}.",
            nameof(metric));

    /// <summary>The verdict on one value in words.</summary>
    /// <param name="row">One of <see cref="Rows"/>.</param>
    public string Words(MetricDifference row) => row.Verdict switch
    {
        ComparisonVerdict.FirstIsBetter => "A is better",
        ComparisonVerdict.SecondIsBetter => "B is better",
        ComparisonVerdict.Differ => "they differ",
        _ when Runs is ( > 1, > 1) => "not told apart by these runs",
        _ when !(row.More <= Hopeless) => "not told apart", // also NaN, of a difference of 0
        _ => Invariant($"not told apart: about {Rounded(row.More):N0} more samples would"),
    };

    /// <summary>A table of plain text with a verdict on each value.</summary>
    public override string ToString()
    {
        var byRole = Rows.OrderBy(r => r.Role).ToArray();
        var runs = Runs is (1, 1) ? "" : $", {Runs.First} run(s) of A and {Runs.Second} of B";
        return $"A: {First}\nB: {Second}\nagainst {Real}, {Samples} samples of each{runs}\n\n" + TextTable.Of(
            ["", "metric", "A", "B", "B - A", "95 % interval", "p", "verdict"],
            [.. byRole.Select((r, i) => (string[])[i > 0 && byRole[i - 1].Role == r.Role ? "" : r.Role.ToString().ToLowerInvariant(),
                $"{r.Metric} {MetricReport.Arrow(r.Aim)}".TrimEnd(), Number(r.First), Number(r.Second), Number(r.Difference),
                $"[{Number(r.Low)}, {Number(r.High)}]", r.PValue < 0.0001 ? "<.0001" : r.PValue.ToString("0.0000",
                CultureInfo.InvariantCulture), Words(r)])],
            0, 1, 7) + "Paired jackknife; the verdicts hold for the whole table: equal generators get any \"better\" in 1 of 20 " +
            "comparisons.\n";
    }

    private static IEnumerable<MetricDifference> Compare(Metric metric, FeatureSet[] first, FeatureSet[] second, FeatureSet real,
        FeatureSet? training, MetricOptions options, CancellationToken cancellation)
    {
        foreach (var set in first.Concat(second))
        {
            var why = metric.WhyNot(set, real, training, options);
            ThrowIf(why is not null, why!);
        }

        var a = first.Select(s => metric.Compute(s, real, training, options)).ToArray();
        var b = second.Select(s => metric.Compute(s, real, training, options)).ToArray();
        var groups = Groups(second).Minus(Groups(first));
        for (var i = 0; i < a[0].Count; i++)
        {
            var (value, ofA, ofB) = (a[0][i], a.Select(v => v[i].Value).ToArray(), b.Select(v => v[i].Value).ToArray());
            var difference = ofB.Average() - ofA.Average() - (metric.Interval == IntervalKind.Unlimited ? groups.Bias(i) : 0);
            var (error, degrees) = Error(groups, i, ofA, ofB);
            var half = StudentDistribution.Factor(0.95, degrees) * error;
            yield return new MetricDifference(value.Metric, value.Role, value.Aim, ofA.Average(), ofB.Average(), difference,
                difference - half, difference + half,
                error > 0 ? StudentDistribution.TwoSided(difference / error, degrees) : difference == 0 ? 1 : 0, default, 0);
        }

        GroupedValues Groups(FeatureSet[] sets) =>
            GroupedValues.Mean([.. sets.Select(s => GroupedValues.Of(metric, s, real, training, options, cancellation))]);
    }

    // Samples and, where both have several runs, the runs: variances are added, and degrees of freedom are Satterthwaite's.
    private static (double Error, double Degrees) Error(GroupedValues groups, int index, double[] a, double[] b)
    {
        List<(double Variance, double Degrees)> parts = [(Math.Pow(groups.Error(index), 2), groups.Degrees)];
        if (a.Length > 1 && b.Length > 1)
        {
            parts.AddRange(((double[][])[a, b]).Select(v => (VarianceOfMean(v), v.Length - 1.0)));
        }

        var sum = parts.Sum(p => p.Variance);
        return (Math.Sqrt(sum), sum > 0 ? sum * sum / parts.Sum(p => p.Variance * p.Variance / p.Degrees) : groups.Degrees);

        static double VarianceOfMean(double[] values)
        {
            var mean = values.Average();
            return values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1.0) / values.Length;
        }
    }

    // Holm 1979: the smallest of m p-values is held against 5 % / m, the next against 5 % / (m - 1), until one fails.
    private static MetricDifference[] Judged(List<MetricDifference> rows, long samples)
    {
        var judged = rows.ToArray();
        var (left, isOpen) = (rows.Count, true);
        foreach (var (index, row) in rows.Index().OrderBy(r => r.Item.PValue).ToArray())
        {
            isOpen &= row.PValue <= Level / left--;
            var half = (row.High - row.Low) / 2;
            judged[index] = row with
            {
                Verdict = !isOpen ? ComparisonVerdict.NotToldApart
                    : row.Aim == MetricAim.Neither ? ComparisonVerdict.Differ
                    : row.Difference > 0 == (row.Aim == MetricAim.Higher) ? ComparisonVerdict.SecondIsBetter
                    : ComparisonVerdict.FirstIsBetter,
                More = isOpen ? 0 : Math.Max(0, samples * (Math.Pow(half / Math.Abs(row.Difference), 2) - 1)),
            };
        }

        return judged;
    }

    private static double Rounded(double count)
    {
        var unit = Math.Pow(10, Math.Max(1, Math.Floor(Math.Log10(Math.Max(10, count)))));
        return Math.Max(unit, Math.Ceiling(count / unit) * unit);
    }

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
