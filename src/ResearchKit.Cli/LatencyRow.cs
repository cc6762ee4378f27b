using ResearchKit.Diagnostics;
using ResearchKit.Models;
using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

/// <summary>A row of the table of <c>latency</c>.</summary>
internal sealed record LatencyRow(string Generator, IReadOnlyList<long> SampleShape, string Device, int Threads, int Batch,
    string Precision, string Way, int Calls, double P50, double P90, double? P99, double SamplesPerSecond, double? SoundPerSecond)
{
    public static LatencyRow Of(string name, NamedGenerator named, Device device, int threads, Precision precision, string way,
        GeneratorLatency latency) => new(name, latency.SampleShape, $"{device}", threads, latency.Batch, $"{precision}", way, latency.Calls,
            latency.Median, latency.NinetiethPercentile, latency.NinetyNinthPercentile, latency.SamplesPerSecond,
            named.Generator is ISoundGenerator sound ? latency.SamplesPerSecond * sound.Length / sound.Rate : null);

    public string Line(int width) => string.Create(CultureInfo.InvariantCulture, $"{Generator.PadRight(width)}  " +
        $"{string.Join(" x ", SampleShape),-13}  {Device,-6}  {Threads,7}  {Batch,5}  {Precision,-14}  {Way,-27}  {Calls,5}  " +
        $"{Time(P50),7}  {Time(P90),7}  {Time(P99),7}  {SamplesPerSecond,9:N0}  {SoundPerSecond,9:N1}").TrimEnd();

    private static string Time(double? milliseconds) => milliseconds is { } ms
        ? ms.ToString(ms < 100 ? "0.000" : "0.0", CultureInfo.InvariantCulture) : "-";
}
