using System.Diagnostics;
using ResearchKit.Runtime;

namespace ResearchKit.Metrics;

/// <summary>Computes metrics of one set against another, each with its protocol and with the scale to read it by.</summary>
public static class MetricEvaluation
{
    /// <summary>Seeds the halves of the real set, so that floors can be repeated.</summary>
    private const long HalvesSeed = 2020;

    /// <summary>Computes what the options ask for.</summary>
    /// <param name="generated">What is scored.</param>
    /// <param name="real">What it is scored against: best held-out samples that no network was trained on.</param>
    /// <param name="options">Which metrics.</param>
    /// <param name="training">What the generator was trained on, for the values that a copy of it would get; null leaves them out. Only as
    /// many samples as were generated are taken.</param>
    /// <param name="progress">Told the name of each metric before it is computed.</param>
    /// <param name="cancellation">Ends the work between two metrics with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The sets' features are of different networks or widths, or too few for a metric.</exception>
    public static MetricReport Run(FeatureSet generated, FeatureSet real, MetricOptions options, FeatureSet? training = null,
        Action<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(options);
        RequireOneNetwork(generated, real);
        if (options.Kinds.HasFlag(MetricKinds.Classifier) && generated.Logits is null)
        {
            throw new ArgumentException($"The classifier score needs class logits, and {generated.Name} has none: score pictures with a " +
                $"classifier, or hand logits in.");
        }

        if (training is not null)
        {
            RequireOneNetwork(training, real);
        }

        using var halves = options.WithFloor && real.Count >= 4 ? new Pair(real.Halves(HalvesSeed)) : null;
        using var copy = training?.First(generated.Count);
        var results = new List<MetricResult>();
        foreach (var measure in MetricMeasure.Of(options))
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(measure.Estimator);
            var watch = Stopwatch.StartNew();
            var values = measure.Compute(generated, real);
            var seconds = watch.Elapsed.TotalSeconds;
            var floors = halves is null ? null : OrNull(measure, halves.First, halves.Second);
            var copies = copy is null ? null : OrNull(measure, copy, real);
            results.AddRange(values.Select((v, i) => new MetricResult(
                v.Value, v.Spread, Protocol(measure, v.Metric, generated, real), floors?[i].Value, copies?[i].Value, seconds,
                    DateTimeOffset.UtcNow, Versions)));
        }

        return new MetricReport(generated.Name, real.Name, results);
    }

    internal static string Versions =>
        $"ResearchKit {typeof(MetricEvaluation).Assembly.GetName().Version!.ToString(3)}, TorchSharp " +
            $"{NativeRuntimeInfo.TorchSharpVersion}, libtorch " +
            $"{NativeRuntime.EnsureLoaded().PyTorchVersion ?? NativeRuntimeInfo.PackagedLibtorchVersion}";

    private static MetricProtocol Protocol(MetricMeasure measure, string metric, FeatureSet generated, FeatureSet real) => new(
        metric, generated.Network, generated.NetworkSha256, generated.Preprocessing, measure.Estimator, measure.Precision, measure.Seed,
        generated.Count, measure.LooksAtReal ? real.Count : 0, measure.LooksAtReal ? real.ContentSha256 : "");

    // Halves may be too few for an estimator that the whole set is enough for: then there is no floor, which is no error.
    private static IReadOnlyList<(string Metric, double Value, double? Spread)>? OrNull(MetricMeasure measure, FeatureSet first,
        FeatureSet second)
    {
        try
        {
            return measure.Compute(first, second);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static void RequireOneNetwork(FeatureSet a, FeatureSet b)
    {
        if (a.Network != b.Network || a.NetworkSha256 != b.NetworkSha256 || a.Preprocessing != b.Preprocessing)
        {
            throw new ArgumentException($"{a.Name} has features of {a.Network}, {b.Name} of {b.Network}: one network must have made both.");
        }

        if (a.Features.shape[1] != b.Features.shape[1])
        {
            throw new ArgumentException($"{a.Name} has features of width {a.Features.shape[1]}, {b.Name} of width " +
                $"{b.Features.shape[1]}: they must be of one network.");
        }
    }

    private sealed class Pair((FeatureSet First, FeatureSet Second) sets) : IDisposable
    {
        public FeatureSet First => sets.First;

        public FeatureSet Second => sets.Second;

        public void Dispose()
        {
            First.Dispose();
            Second.Dispose();
        }
    }
}
