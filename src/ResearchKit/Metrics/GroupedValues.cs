using ResearchKit.Statistics;
using static System.FormattableString;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>A metric's values for some samples, and with one group of them left out at a time: a grouped jackknife.</summary>
/// <param name="All">The values for all groups.</param>
/// <param name="Without">The values without each group.</param>
/// <param name="Share">The share of the samples that the groups hold: with all of them the variance is so much smaller, and the bias
/// too.</param>
internal sealed record GroupedValues(double[] All, double[][] Without, double Share)
{
    /// <summary>How many groups: enough for a sure error, and few enough to be computed.</summary>
    public const int Groups = 20;

    /// <summary>Samples that each set needs: two in a group.</summary>
    public const int FewestSamples = 2 * Groups;

    private const double EnoughRows = 1000; // of the larger set: more of them do not make an error of 20 groups surer
    private const double FewestRows = 500; // of the smaller one
    private const long Seed = 2020;

    /// <summary>Computes a metric so.</summary>
    /// <exception cref="ArgumentException">The sets are too small for groups, or the metric cannot be computed without one; says
    /// so.</exception>
    public static GroupedValues Of(Metric metric, FeatureSet generated, FeatureSet real, FeatureSet? training, MetricOptions options,
        CancellationToken cancellation = default)
    {
        long[] counts = metric.Needs switch
        {
            MetricNeeds.Generated or MetricNeeds.Logits => [generated.Count],
            MetricNeeds.Training => [generated.Count, real.Count, training!.Count],
            _ => [generated.Count, real.Count],
        };
        ThrowIf(counts.Min() < FewestSamples, Invariant($"a jackknife of {Groups} groups needs {FewestSamples} samples of each set"));
        return metric.LeaveOut is { } quick ? quick(generated, real, cancellation)
            : Of([generated.Count, real.Count, .. training is null ? (long[])[] : [training.Count]], rows =>
            {
                using var fewerGenerated = generated.Rows(rows[0]);
                using var fewerReal = real.Rows(rows[1]);
                using var fewerTraining = training?.Rows(rows[2]);
                return [.. (metric.Replicate ?? metric.Compute)(fewerGenerated, fewerReal, fewerTraining, options).Select(v => v.Value)];
            }, cancellation, counts);
    }

    /// <summary>Computes values of sets' rows so.</summary>
    /// <param name="sets">The sets' sizes.</param>
    /// <param name="values">Computes the values of some rows of each set, int64, shape (n).</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <param name="counts">The sizes of those that the values depend on; null for all.</param>
    public static GroupedValues Of(long[] sets, Func<Tensor[], double[]> values, CancellationToken cancellation, long[]? counts = null)
    {
        using var scope = NewDisposeScope();
        counts ??= sets;
        var share = Math.Min(1, Math.Max(EnoughRows / counts.Max(), FewestRows / counts.Min()));
        Tensor[] dealt = [.. sets.Select(count => Dealt(count, share))];
        return new GroupedValues(Values(-1), [.. Enumerable.Range(0, Groups).Select(Values)], share);

        double[] Values(int group)
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            return values([.. dealt.Select(rows => AllBut(group, rows))]);
        }
    }

    /// <summary>The rows of a matrix dealt into groups by chance: the same ones for the same number of rows.</summary>
    public static IReadOnlyList<Tensor> Split(Tensor matrix, int groups)
    {
        var rows = Dealt(matrix.shape[0], matrix.shape[0]);
        return [.. Enumerable.Range(0, groups).Select(i => matrix.index_select(0, rows.slice(0, i, rows.shape[0], groups)))];
    }

    /// <summary>The differences of two sets' values.</summary>
    public GroupedValues Minus(GroupedValues other) => Combine([this, other], v => v[0] - v[1]);

    /// <summary>The means of several sets' values.</summary>
    public static GroupedValues Mean(IReadOnlyList<GroupedValues> values) => Combine(values, v => v.Average());

    /// <summary>The standard error of one value.</summary>
    public double Error(int index)
    {
        var left = Without.Select(w => w[index]).ToArray();
        var mean = left.Average();
        return Math.Sqrt((left.Length - 1.0) / left.Length * left.Sum(v => (v - mean) * (v - mean)) * Share);
    }

    /// <summary>How far a value lies above what unlimited samples would give, where that falls with 1/N.</summary>
    public double Bias(int index) => (Without.Length - 1) * (Without.Average(w => w[index]) - All[index]) * Share;

    /// <summary>The degrees of freedom of the errors.</summary>
    public int Degrees => Without.Length - 1;

    /// <summary>The 95 % interval of one value.</summary>
    /// <param name="index">Which.</param>
    /// <param name="value">The value for all samples.</param>
    /// <param name="kind">What the interval is of.</param>
    /// <param name="count">Samples of the smaller set: a share's interval is no narrower than Wilson's, which also holds near 0 and
    /// 1.</param>
    public MetricInterval Interval(int index, MetricValue value, IntervalKind kind, long count)
    {
        var estimate = kind == IntervalKind.Unlimited ? value.Value - Bias(index) : value.Value;
        var half = StudentDistribution.Factor(0.95, Degrees) * Error(index);
        var (low, high) = value is { Least: 0, Most: 1 } ? WilsonInterval.Of(value.Value, count, 0.95) : (estimate, estimate);
        return new MetricInterval(Math.Clamp(Math.Min(low, estimate - half), value.Least, value.Most),
            Math.Clamp(Math.Max(high, estimate + half), value.Least, value.Most), estimate, kind,
            Invariant($"jackknife, {Without.Length} groups"));
    }

    /// <summary>Some of a number of rows by chance: the same ones for the same numbers.</summary>
    public static Tensor Dealt(long count, long some)
    {
        using var random = new Generator(unchecked((ulong)Seed));
        return randperm(count, generator: random).narrow(0, 0, some);
    }

    private static Tensor Dealt(long count, double share) => Dealt(count, (long)Math.Round(share * count));

    private static Tensor AllBut(int group, Tensor rows) =>
        group < 0 ? rows : rows.index_select(0, (arange(rows.shape[0]) % Groups).ne(group).nonzero().squeeze(1));

    private static GroupedValues Combine(IReadOnlyList<GroupedValues> values, Func<double[], double> combine)
    {
        return new GroupedValues(Each(v => v.All), [.. Enumerable.Range(0, values[0].Without.Length).Select(g => Each(v => v.Without[g]))],
            values[0].Share);

        double[] Each(Func<GroupedValues, double[]> of) =>
            [.. Enumerable.Range(0, values[0].All.Length).Select(i => combine([.. values.Select(v => of(v)[i])]))];
    }
}
