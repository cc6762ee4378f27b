using System.Diagnostics;
using ResearchKit.Runtime;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>The metrics wanted and their parameters; the defaults are torch-fidelity's and prdc's.</summary>
public sealed record MetricOptions
{
    /// <summary>Names of <see cref="FeatureMetrics.All"/>.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = ["fid"];

    /// <summary>The metrics of a scorecard: the distance, fidelity, diversity and, where the training set is known, memorisation.</summary>
    /// <param name="withTraining">Whether it is.</param>
    public static IReadOnlyList<string> Scorecard(bool withTraining) =>
        withTraining ? ["fid", "clipped", "ppr", "ct", "auth"] : ["fid", "clipped", "ppr"];

    /// <summary>Seeds what is drawn: KID's subsets, the order of the classifier score's splits, MIND's directions.</summary>
    public long Seed { get; init; } = 2020;

    /// <summary>KID's subsets, at least 1.</summary>
    public int KernelSubsets { get; init; } = 100;

    /// <summary>Samples in each of KID's subsets, at least 2 and at most the smaller set.</summary>
    public int KernelSubsetSize { get; init; } = 1000;

    /// <summary>Splits of the classifier score, at least 1.</summary>
    public int ClassifierSplits { get; init; } = 10;

    /// <summary>k of precision and recall, at least 1.</summary>
    public int PrecisionNeighbours { get; init; } = 3;

    /// <summary>k of density and coverage, at least 1.</summary>
    public int CoverageNeighbours { get; init; } = 5;

    /// <summary>MIND's directions, at least 1.</summary>
    public int MindDirections { get; init; } = 1000;

    /// <summary>True to compute each value's floor too, from random halves of the real set.</summary>
    public bool WithFloor { get; init; } = true;

    /// <summary>True to compute each value's 95 % interval too, which takes about as long as ten times the value of 1,000
    /// samples.</summary>
    public bool WithInterval { get; init; } = true;
}

/// <summary>Computes metrics of one set against another, each with its protocol and with the scale to read it by.</summary>
public static class MetricEvaluation
{
    private const long HalvesSeed = 2020; // so that floors can be repeated
    private const string Precision = "float64";

    /// <summary>Computes what the options ask for.</summary>
    /// <param name="generated">What is scored.</param>
    /// <param name="real">What it is scored against: best held-out samples that no network was trained on.</param>
    /// <param name="options">Which metrics.</param>
    /// <param name="training">What the generator was trained on, for the metrics of memorisation and for the values that a copy of it would
    /// get, of which only as many samples as were generated are taken; null leaves those values out.</param>
    /// <param name="progress">Told the name of each metric before it is computed.</param>
    /// <param name="leftOut">Told, in a sentence, of each metric that these sets do not allow, which is then left out; null to refuse
    /// it.</param>
    /// <param name="cancellation">Ends the work between two metrics with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">A name is no metric's, or the sets' features are of different networks or widths, or the sets do
    /// not allow a metric (where those may be left out: any metric).</exception>
    public static MetricReport Run(FeatureSet generated, FeatureSet real, MetricOptions options, FeatureSet? training = null,
        Action<string>? progress = null, Action<string>? leftOut = null, CancellationToken cancellation = default)
    {
        var wanted = options.Metrics.Select(FeatureMetrics.All.Find).ToHashSet();
        RequireOneNetwork(generated, real);
        RequireOneNetwork(training ?? real, real);
        var refused = FeatureMetrics.All.Where(wanted.Contains).Select(m => (Metric: m, Why: m.WhyNot(generated, real, training, options)))
            .Where(r => r.Why is not null).ToList();
        if (refused is [var one, ..])
        {
            ThrowIf(leftOut is null, one.Why!);
            ThrowIf(refused.Count == wanted.Count, $"No metric is left: {one.Why}");
        }

        foreach (var (metric, why) in refused)
        {
            leftOut!(why!);
            wanted.Remove(metric);
        }

        var (first, second) = options.WithFloor && real.Count >= 4 ? Halves(generated, real) : default;
        using var firstHalf = first;
        using var secondHalf = second;
        using var copy = training?.First(generated.Count);
        var results = new List<MetricResult>();
        foreach (var metric in FeatureMetrics.All.Where(wanted.Contains))
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(metric.Estimator(options));
            var watch = Stopwatch.StartNew();
            var values = metric.Compute(generated, real, training, options);
            var seconds = watch.Elapsed.TotalSeconds;
            var floors = OrNull(metric, first, second, training, options);
            var copies = OrNull(metric, copy, real, training, options);
            var (groups, noInterval) = options.WithInterval ? Groups(metric, generated, real, training, options, cancellation) : default;
            var carried = metric.Interval == IntervalKind.Unlimited && first is not null ? (double)first.Count / generated.Count : 1;
            results.AddRange(values.Select((v, i) => new MetricResult(v.Value, v.Spread, Protocol(metric, v.Metric),
                floors?[i].Value * carried, copies?[i].Value, seconds, DateTimeOffset.UtcNow, Versions,
                groups?.Interval(i, v, metric.Interval, Math.Min(generated.Count, real.Count)), noInterval, v.Role, v.Aim)));
        }

        return new MetricReport(generated.Name, real.Name, results, ReferenceGeometry.Of(real));

        MetricProtocol Protocol(Metric metric, string value)
        {
            return new(value, generated.Network, generated.NetworkSha256, generated.Preprocessing, metric.Estimator(options), Precision,
                metric.IsSeeded ? options.Seed : null, generated.Count, metric.LooksAtReal ? real.Count : 0,
                metric.LooksAtReal ? real.ContentSha256 : "", metric.Needs == MetricNeeds.Training ? training!.ContentSha256 : "",
                Reading(generated.Reading, metric.LooksAtReal ? real.Reading : null));
        }
    }

    /// <summary>The Fréchet distance of features from stored statistics, which are enough for no other metric, and for no floor.</summary>
    /// <param name="generated">What is scored.</param>
    /// <param name="realName">What the real set is called in the report.</param>
    /// <param name="real">Its statistics.</param>
    /// <exception cref="ArgumentException">Networks, preparations or widths differ, there are fewer than 2 samples, a side is a shard, or
    /// a number is NaN or infinite.</exception>
    /// <remarks>Statistics without an origin do not tell which network made them: the report has the other set's, or <c>given</c>, and
    /// trusts the caller. A count that nobody knows is 0.</remarks>
    public static MetricReport Run(FeatureSet generated, string realName, FeatureStatistics real) =>
        Distance(generated.Name, generated.Count, realName, real.Count, HashOf(real), generated.Origin, real.Origin,
            () => FrechetDistance.Of(generated.Features, real));

    /// <summary>The Fréchet distance of stored statistics from features.</summary>
    /// <inheritdoc cref="Run(FeatureSet, string, FeatureStatistics)"/>
    public static MetricReport Run(string generatedName, FeatureStatistics generated, FeatureSet real) =>
        Distance(generatedName, generated.Count, real.Name, real.Count, real.ContentSha256, generated.Origin, real.Origin,
            () => FrechetDistance.Of(real.Features, generated)); // symmetric

    /// <summary>The Fréchet distance of stored statistics from stored statistics.</summary>
    /// <inheritdoc cref="Run(FeatureSet, string, FeatureStatistics)"/>
    public static MetricReport Run(string generatedName, FeatureStatistics generated, string realName, FeatureStatistics real) =>
        Distance(generatedName, generated.Count, realName, real.Count, HashOf(real), generated.Origin, real.Origin,
            () => FrechetDistance.Of(generated, real));

    internal static string Versions =>
        $"ResearchKit {typeof(MetricEvaluation).Assembly.GetName().Version!.ToString(3)}, TorchSharp " +
        $"{NativeRuntimeInfo.TorchSharpVersion}, libtorch " +
        $"{NativeRuntime.EnsureLoaded().PyTorchVersion ?? NativeRuntimeInfo.PackagedLibtorchVersion}";

    private static MetricReport Distance(string generated, long? generatedCount, string real, long? realCount, string realSha256,
        StatisticsOrigin? generatedOrigin, StatisticsOrigin? realOrigin, Func<double> compute)
    {
        StatisticsOrigin.RequireComparable(generatedOrigin, generated, realOrigin, real);
        var known = realOrigin ?? generatedOrigin;
        var watch = Stopwatch.StartNew();
        var value = compute();
        var protocol = new MetricProtocol("frechet-distance", known?.Network ?? "given", known?.NetworkSha256 ?? "",
            known?.Preprocessing ?? "none", "stored statistics", Precision, null, generatedCount ?? 0, realCount ?? 0, realSha256,
            Reading: Reading(generatedOrigin?.Reading, realOrigin?.Reading));
        return new MetricReport(generated, real,
            [new(value, null, protocol, null, null, watch.Elapsed.TotalSeconds, DateTimeOffset.UtcNow, Versions)]);
    }

    private static string Reading(params IEnumerable<string?> readings) =>
        string.Join("; ", readings.Where(r => r is { Length: > 0 }).Distinct());

    private static string HashOf(FeatureStatistics statistics) => statistics.Origin?.ContentSha256 ??
        $"{FeatureSet.HashOf(statistics.Mean)} {FeatureSet.HashOf(statistics.Covariance)}";

    // Two parts of the real set in the proportion of the sets' counts, one of them a half of it.
    private static (FeatureSet First, FeatureSet Second) Halves(FeatureSet generated, FeatureSet real)
    {
        var (first, second) = real.Halves(HalvesSeed);
        using (first)
        using (second)
        {
            var ratio = (double)generated.Count / real.Count;
            return (first.First(Part(first.Count * Math.Min(1, ratio))), second.First(Part(second.Count / Math.Max(1, ratio))));
        }

        static long Part(double count) => Math.Max(2, (long)Math.Round(count));
    }

    private static (GroupedValues? Values, string? Why) Groups(Metric metric, FeatureSet generated, FeatureSet real, FeatureSet? training,
        MetricOptions options, CancellationToken cancellation)
    {
        try
        {
            return metric.Interval == IntervalKind.None ? default
                : (GroupedValues.Of(metric, generated, real, training, options, cancellation), null);
        }
        catch (ArgumentException e)
        {
            return (null, e.Message);
        }
    }

    // Halves may be too few for an estimator that the whole set is enough for: then there is no floor, which is no error.
    private static IReadOnlyList<MetricValue>? OrNull(Metric metric, FeatureSet? first, FeatureSet? second, FeatureSet? training,
        MetricOptions options)
    {
        try
        {
            return first is null || second is null ? null : metric.Compute(first, second, training, options);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    internal static void RequireOneNetwork(FeatureSet a, FeatureSet b)
    {
        ThrowIf((a.Network, a.NetworkSha256, a.Preprocessing) != (b.Network, b.NetworkSha256, b.Preprocessing),
            $"{a.Name} has features of {a.Network}, {b.Name} of {b.Network}: one network must have made both.");
        ThrowIf(a.Features.shape[1] != b.Features.shape[1],
            $"{a.Name} has features of width {a.Features.shape[1]}, {b.Name} of width {b.Features.shape[1]}: they must be of one network.");
    }
}
