using System.Diagnostics;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;

namespace ResearchKit.Diagnostics;

/// <summary>How long one call of a generator takes.</summary>
/// <param name="Batch">Samples of a call.</param>
/// <param name="Calls">Calls that were timed.</param>
/// <param name="Median">Milliseconds that half of the calls took at most: p50.</param>
/// <param name="NinetiethPercentile">Milliseconds that 90 % of them took at most: p90.</param>
/// <param name="NinetyNinthPercentile">Milliseconds that 99 % of them took at most: p99; null where fewer than
/// <see cref="CallsForNinetyNine"/> were timed.</param>
/// <param name="SampleShape">Shape of one sample.</param>
/// <remarks>A call is timed from z on the generator's device to samples on that device, with the wait for a GPU, in evaluation mode and
/// without a graph, one call after the other on one thread of the program, the freeing of the samples not counted. z and labels are drawn
/// before. The times are the wall clock's: what else the machine does is in them, most of all in p99. A percentile is the nearest rank: the
/// smallest of the times that so many are not above.</remarks>
/// <example><code>using var g = GeneratorFile.Load("generator.safetensors");
/// Console.WriteLine(GeneratorLatency.Of(g, batch: 1).SamplesPerSecond);</code></example>
public sealed record GeneratorLatency(int Batch, int Calls, double Median, double NinetiethPercentile, double? NinetyNinthPercentile,
    IReadOnlyList<long> SampleShape)
{
    /// <summary>Calls that come before the timed ones: libtorch makes its kernels and takes its memory in them.</summary>
    public const int WarmUpCalls = 10;

    /// <summary>Calls from which p99 is more than the slowest one.</summary>
    public const int CallsForNinetyNine = 100;

    private const int Patience = 5; // times the asked time, for calls enough for p99
    private const int FewestCalls = 5;

    /// <summary>Samples a second, from the median.</summary>
    public double SamplesPerSecond => 1000 * Batch / Median;

    /// <summary>Calls a generator again and again, and times each call.</summary>
    /// <param name="generator">The generator, on the device that is to compute; its mode is as before afterwards. Weights do not matter
    /// to the time: fresh ones are as fast as trained ones.</param>
    /// <param name="batch">Samples of a call, at least 1.</param>
    /// <param name="seconds">How long calls are timed, above 0; up to five times as long for
    /// <see cref="CallsForNinetyNine"/> calls, and never fewer than 5 calls. The <see cref="WarmUpCalls"/> come before (fewer where they
    /// take longer than that).</param>
    /// <param name="threads">CPU threads inside an operation, as in <see cref="CpuThreads.Use"/>.</param>
    /// <param name="precision">The arithmetic, as in training: with <see cref="Precision.BFloat16"/> weights are cast once, before.</param>
    /// <param name="seed">Chooses z, and labels where the generator has classes.</param>
    /// <param name="cancellation">Ends the work between two calls with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The times, in milliseconds.</returns>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    /// <exception cref="PlatformNotSupportedException">This libtorch has no autocast under the names of Linux and macOS.</exception>
    public static GeneratorLatency Of(LatentGenerator generator, int batch, double seconds = 1, int? threads = null,
        Precision precision = Precision.Full, long seed = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seconds);
        CpuThreads.Use(threads);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var evaluation = new EvaluationMode(generator);
        var device = generator.parameters().First().device;
        TensorFloat32.Use(precision == Precision.TensorFloat32, device);
        using var cast = precision == Precision.BFloat16 ? new Autocast(device.type) : null;
        var z = NormalLatents.Draw(batch, generator.LatentSize, seed).to(generator.parameters().First().dtype, device); // (B, Z)
        var labels = generator.Labels?.Draw(batch, seed).to(device); // (B)
        IReadOnlyList<long> shape = [];
        for (var (i, spent) = (0, Stopwatch.StartNew()); i < WarmUpCalls && (i == 0 || spent.Elapsed.TotalSeconds < seconds); i++)
        {
            Time();
        }

        List<double> times = [];
        for (var spent = Stopwatch.StartNew(); IsWanted(times.Count, spent.Elapsed.TotalSeconds / seconds);)
        {
            times.Add(Time());
        }

        times.Sort();
        return new GeneratorLatency(batch, times.Count, Rank(times, 0.5), Rank(times, 0.9),
            times.Count < CallsForNinetyNine ? null : Rank(times, 0.99), shape);

        double Time()
        {
            cancellation.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            using var samples = generator.Call(z, labels); // (B, ...)
            Wait(device);
            var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            shape = samples.shape[1..];
            return time;
        }

        static bool IsWanted(int calls, double spent) =>
            calls < FewestCalls || spent < 1 || (calls < CallsForNinetyNine && spent < Patience);
    }

    /// <summary>Nearest-rank percentile.</summary>
    /// <param name="sorted">Times, ascending, at least one.</param>
    /// <param name="share">In (0, 1].</param>
    internal static double Rank(IReadOnlyList<double> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];

    private static void Wait(Device device)
    {
        if (device.type == DeviceType.CUDA)
        {
            cuda.synchronize(device);
        }
    }
}
