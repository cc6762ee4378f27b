using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ResearchKit.Metrics;
using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Benchmarks;

/// <summary>One metric of seeded normal features; tests/peers/metrics_speed.py times the peers on the same features, alternating with this
/// program.</summary>
internal static class MetricValues
{
    private static readonly Dictionary<string, Func<(Func<string> Compute, IDisposable Inputs)>> Cases = new()
    {
        ["frechet-full"] = () =>
        {
            var (x, y) = Sets(4096, 2048);
            var (a, b) = (FeatureStatistics.Of(x), FeatureStatistics.Of(y));
            return (() => Number(FrechetDistance.Of(a, b)), x);
        },
        ["frechet-short"] = () =>
        {
            var (x, y) = Sets(1000, 2048);
            return (() => Number(FrechetDistance.Of(x, y)), x);
        },
        ["prdc"] = () => Density(10_000, 512),
        ["prdc-published"] = () => Density(10_000, 1000),
    };

    public static Command Command()
    {
        var name = new Argument<string>("case") { Description = string.Join(", ", Cases.Keys) + "." };
        name.AcceptOnlyFromAmong([.. Cases.Keys]);
        var threads = new Option<int>("--threads") { DefaultValueFactory = _ => CpuThreads.Default };
        var command = new Command("metrics",
            "Seconds for one metric value, its inputs in memory; and the most memory that the process had.") { name, threads };
        command.SetAction(p => Run(p.GetValue(name)!, p.GetValue(threads)));
        return command;
    }

    private static void Run(string name, int threads)
    {
        CpuThreads.Use(threads);
        var (compute, inputs) = Cases[name]();
        using var owned = inputs;
        var clock = Stopwatch.StartNew();
        var value = compute();
        var seconds = clock.Elapsed.TotalSeconds;
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name} {seconds:0.000} s, peak {process.PeakWorkingSet64 / 1_000_000} MB, value {value}"));
    }

    private static (Func<string> Compute, IDisposable Inputs) Density(int n, int d)
    {
        var (x, y) = Sets(n, d);
        return (() =>
        {
            var v = DensityCoverage.Of(x, y);
            return string.Join(' ', Number(v.Precision), Number(v.Recall), Number(v.Density), Number(v.Coverage));
        }, x);
    }

    private static (Tensor Generated, Tensor Real) Sets(int n, int d)
    {
        using var random = new Generator(2020);
        return (randn(n, d, dtype: ScalarType.Float64, generator: random), randn(n, d, dtype: ScalarType.Float64, generator: random));
    }

    private static string Number(double value) => value.ToString("G10", CultureInfo.InvariantCulture);
}
