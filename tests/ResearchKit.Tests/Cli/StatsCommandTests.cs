using ResearchKit.Metrics;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

public sealed class StatsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_shards_of_a_generators_images_are_those_of_the_whole()
    {
        RandomState.Seed(3);
        using (var generator = new DcganGenerator(28, 1, 4, 8))
        {
            GeneratorFile.Save(generator, _folder["model.safetensors"]);
        }

        string[] line = ["stats", "model.safetensors", "--samples", "100", "--batch-size", "32", "--seed", "4", "--out"];
        Assert.Contains("100 x 128 features of fashion-28", Done([.. line, "whole.npz"]), StringComparison.Ordinal);
        Assert.Contains(", shard 1/2: 64 x 128", Done([.. line, "a.npz", "--shard", "1/2"]), StringComparison.Ordinal);
        Done([.. line, "b.npz", "--shard", "2/2"]);
        Assert.Contains(": 100 x 128", Done("stats", "merge", "b.npz", "a.npz", "--out", "merged.npz"), StringComparison.Ordinal);
        using var whole = StatisticsFile.Read(_folder["whole.npz"]);
        using var merged = StatisticsFile.Read(_folder["merged.npz"]);
        TensorAssert.Near(whole.Mean, merged.Mean, 1e-12, "mean");
        TensorAssert.Near(whole.Covariance, merged.Covariance, 1e-12, "covariance");

        var missing = Run("stats", "merge", "b.npz", "--out", "x.npz");
        Assert.Equal((1, "error: b.npz: of 2 shards there are 1; give also 1/2."), (missing.ExitCode, missing.Error.TrimEnd()));
        var other = Run([.. line, "c.npz", "--shard", "3/2"]);
        Assert.Equal((2, "error: A shard is written 2/8, the second of eight, not '3/2'."), (other.ExitCode, other.Error.TrimEnd()));
    }

    [Fact]
    public void Stored_statistics_choose_their_network_and_refuse_another()
    {
        Done("stats", "digits:test", "--network", "digits-28", "--out", "s.npz");
        var run = Run("metrics", "digits:test", "s.npz", "--json", "report.json");
        Assert.Contains("feature network: digits-28, because s.npz is of it", run.Error, StringComparison.Ordinal);
        var protocol = MetricReport.FromJson(File.ReadAllText(_folder["report.json"])).Results.Single().Protocol;
        Assert.Equal("digits-28", protocol.Network);
        var other = Run("metrics", "digits:test", "s.npz", "--network", "fashion-28");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("digits test was seen by fashion-28 (d1aa347a)", other.Error, StringComparison.Ordinal);
        Assert.Contains("both must be seen alike.", other.Error, StringComparison.Ordinal);
    }

    private string Done(params string[] arguments)
    {
        var run = Run(arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output;
    }

    private ProgramRun Run(params string[] arguments) =>
        ProgramRun.ResearchKit(_folder.Path, new Dictionary<string, string> { [FeatureCache.FolderVariable] = _folder["cache"] },
            arguments);
}
