using System.Globalization;
using ResearchKit.Files;
using ResearchKit.Metrics;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Cli;

/// <summary>The built command line on float64 files, against what torch-fidelity's and prdc's own code gave for the same arrays
/// (tests/peers/metrics.py).</summary>
public sealed class MetricsParityTests : IDisposable
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("metrics.safetensors"));

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, long, long, long> Pairs => new()
    {
        // large enough for every default, KID's 100 subsets of 1000 among them: no option but the metrics' names
        { "defaults", 1100, 1200, 16 },
        { "rectified", 300, 400, 48 },
        { "narrow", 60, 50, 3 },
        { "both-short", 120, 90, 256 }, // fewer rows than columns
        { "one-short", 80, 300, 128 },
        { "ties", 200, 150, 4 },
        { "copies", 250, 250, 32 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Prints_what_the_peers_print(string name, long n, long m, long d)
    {
        using var scope = NewDisposeScope();
        var (x, y) = FeaturePairs.Draw(Reference, name);
        Assert.Equal([n, d, m, d], [.. x.shape, .. y.shape]);
        NpyFile.Write(_folder["generated.npy"], x);
        NpyFile.Write(_folder["real.npy"], y);
        var (subsets, size) = FeaturePairs.Subsets(Reference, name);
        string[] kid = name == "defaults"
            ? []
            : ["--kid-subsets", subsets.ToString(CultureInfo.InvariantCulture), "--kid-subset-size",
            size.ToString(CultureInfo.InvariantCulture)];
        var run = ProgramRun.ResearchKit(_folder.Path, null,
            ["metrics", "generated.npy", "real.npy", "--fid", "--kid", "--isc", "--prc", "--prdc", "--mind", "--json", "report.json",
            .. kid]);
        Assert.True(run.ExitCode == 0, run.Error);
        var report = MetricReport.FromJson(File.ReadAllText(_folder["report.json"]));

        Close("fid", report["frechet-distance"].Value);
        Close("kid.mean", report["kernel-distance"].Value);
        Close("kid.std", report["kernel-distance"].StandardDeviation!.Value);
        Close("isc.mean", report["classifier-score"].Value);
        Close("isc.std", report["classifier-score"].StandardDeviation!.Value);
        Close("mind", report["mind"].Value, 1e-4);
        Same("precision", report["precision"].Value, n);
        Same("recall", report["recall"].Value, m);
        Same("prdc.density", report["density"].Value, 5 * n);
        Same("prdc.coverage", report["coverage"].Value, m);

        double Expected(string metric) => Reference[$"{name}.float64.{metric}"].item<double>();

        void Close(string metric, double actual, double relative = 1e-6)
        {
            var expected = Expected(metric);
            Assert.True(Math.Abs(actual - expected) <= relative * Math.Abs(expected) + 1e-9,
                $"{metric} of {name}: {actual:R}, not {expected:R}");
        }

        // Shares are compared as the counts that they are of: torch-fidelity rounds the share itself to float32.
        void Same(string metric, double actual, long of) =>
            Assert.True(Math.Round(Expected(metric) * of) == Math.Round(actual * of),
                $"{metric} of {name}: {actual * of} of {of}, not {Expected(metric) * of}");
    }
}
