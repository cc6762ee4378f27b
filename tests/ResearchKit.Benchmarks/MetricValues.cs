using System.CommandLine;
using System.Diagnostics;
using ResearchKit.Metrics;
using ResearchKit.Runtime;

namespace ResearchKit.Benchmarks;

/// <summary>One metric of seeded normal features; tests/peers/metrics_speed.py times the peers on the same features, in turn with this
/// program.</summary>
internal static class MetricValues
{
    private static readonly Dictionary<string, Func<Func<string>>> Cases = new()
    {
        ["frechet-full"] = () =>
        {
            var (x, y) = Sets(10_000, 2048);
            var (a, b) = (FeatureStatistics.Of(x), FeatureStatistics.Of(y));
            return () => $"{FrechetDistance.Of(a, b):G10}";
        },
        ["frechet-short"] = () =>
        {
            var (x, y) = Sets(1000, 2048);
            return () => $"{FrechetDistance.Of(x, y):G10}";
        },
        ["prdc"] = () => Density(10_000, 512),
        ["prdc-both"] = () =>
        {
            var (x, y) = Sets(10_000, 512);
            return () => $"{DensityCoverage.Of(x, y)} {PrecisionRecall.Of(x, y)}";
        },
        ["prdc-published"] = () => Density(10_000, 1000),
        ["kid"] = () =>
        {
            var (x, y) = Sets(50_000, 2048, ScalarType.Float32);
            return () => KernelInceptionDistance.Subsets(x, y) is var v ? $"{v.Mean:G6} {v.StandardDeviation:G6}" : "";
        },
        ["mind"] = () =>
        {
            var (x, y) = Sets(50_000, 2048, ScalarType.Float32);
            return () => $"{MindDistance.Of(x, y):G6}";
        },
    };

    public static Command Command()
    {
        var name = Arguments.Case(Cases.Keys);
        var threads = Arguments.Option("--threads", CpuThreads.Default, "Threads of libtorch.");
        var command = new Command("metrics",
            "Seconds for one metric value, its inputs in memory; and the most memory that the process had.") { name, threads };
        command.SetAction(p => Run(p.GetValue(name)!, p.GetValue(threads)));
        return command;
    }

    private static void Run(string name, int threads)
    {
        CpuThreads.Use(threads);
        using var scope = NewDisposeScope();
        var compute = Cases[name]();
        using var process = Process.GetCurrentProcess();
        var (clock, before) = (Stopwatch.StartNew(), process.TotalProcessorTime);
        var value = compute();
        var seconds = clock.Elapsed.TotalSeconds;
        process.Refresh();
        var processor = (process.TotalProcessorTime - before).TotalSeconds;
        Console.WriteLine($"{name} {seconds:0.000} s, processor {processor:0.000} s, " +
            $"peak {process.PeakWorkingSet64 / 1_000_000} MB, value {value}");
    }

    private static Func<string> Density(int n, int d)
    {
        var (x, y) = Sets(n, d);
        return () =>
        {
            var v = DensityCoverage.Of(x, y);
            return $"{v.Precision:G10} {v.Recall:G10} {v.Density:G10} {v.Coverage:G10}";
        };
    }

    private static (Tensor Generated, Tensor Real) Sets(int n, int d, ScalarType dtype = ScalarType.Float64)
    {
        using var random = new Generator(2020);
        return (randn(n, d, dtype: dtype, generator: random), randn(n, d, dtype: dtype, generator: random));
    }
}
