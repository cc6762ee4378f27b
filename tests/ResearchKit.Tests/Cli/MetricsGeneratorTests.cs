using System.Text.Json.Nodes;
using ResearchKit.Data.Catalog;
using ResearchKit.Metrics;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

/// <summary>A saved generator as a set, and the cache of features.</summary>
public sealed class MetricsGeneratorTests : IDisposable, IClassFixture<TemporaryFolder>
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _cache; // of all tests here but one: the real images are the same

    public MetricsGeneratorTests(TemporaryFolder shared)
    {
        _cache = shared["cache"];
        RandomState.Seed(3);
        using var generator = new DcganGenerator(28, 1, 4, 8);
        GeneratorFile.Save(generator, _folder["model.safetensors"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Its_pictures_are_scored_and_the_report_says_which()
    {
        var first = Report("model.safetensors", "digits:test", "--samples", "300", "--seed", "7");
        var again = Report("model.safetensors", "digits:test", "--samples", "300", "--seed", "7", "--no-cache");
        var other = Report("model.safetensors", "digits:test", "--samples", "300", "--seed", "8");
        Assert.Equal($"model.safetensors (DcganGenerator, SHA-256 {DataCatalog.Sha256Of(_folder["model.safetensors"])}, seed 7)",
            first.Generated);
        Assert.Equal(first["frechet-distance"].Value, again["frechet-distance"].Value);
        Assert.NotEqual(first["frechet-distance"].Value, other["frechet-distance"].Value);
        var real = first["frechet-distance"].Protocol.RealCount;
        Assert.Equal(300, first["frechet-distance"].Protocol.GeneratedCount);
        Assert.True(real > 300); // --samples is the generator's

        Assert.Equal(real, Report("model.safetensors", "digits:test")["frechet-distance"].Protocol.GeneratedCount);
        Assert.Equal(real, Report("digits:test", "model.safetensors")["frechet-distance"].Protocol.RealCount);
    }

    [Fact]
    public void A_run_alone_is_scored_as_in_its_training()
    {
        var trained = ProgramRun.ResearchKit(_folder.Path, null, "train", "dcgan-fashion", "--data", "digits", "--set", "features=4",
            "--set", "scoreSamples=200", "--set", "scores=frechet", "--steps", "12", "--out", "run");
        Assert.True(trained.ExitCode == 0, trained.Error);
        var score = JsonNode.Parse(File.ReadAllText(_folder["run/scores.jsonl"]))!["frechet"]!.GetValue<double>();
        var again = Report("run")["frechet-distance"];
        Assert.Equal(score, again.Value, 1e-6 * score);
        Assert.Equal(("digits-28", 200), (again.Protocol.Network, again.Protocol.GeneratedCount));
        var other = ProgramRun.ResearchKit(_folder.Path, null, "metrics", "model.safetensors");
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("Say what model.safetensors is scored against", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_makes_no_pictures_is_refused()
    {
        using var points = new MlpGenerator(2, 2);
        GeneratorFile.Save(points, _folder["points.safetensors"]);
        Fails(1, "makes points of 2 numbers and not images", "points.safetensors", "digits:test");
        Fails(2, "--samples is missing", "model.safetensors", "model.safetensors");
    }

    [Fact]
    public void Features_are_kept_and_a_damaged_file_is_said_and_replaced()
    {
        string[] line = ["digits:test", "digits:test", "--fid", "--network", "digits-28"];
        var own = _folder["cache"];
        // the second set is the first
        Assert.Contains("features of digits test: from the cache", Run(line, own).Error, StringComparison.Ordinal);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(own, "features")));
        var good = File.ReadAllBytes(file);
        File.WriteAllBytes(file, good[..^3]);
        var run = Run(line, own);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("features of digits test: the cache's file is damaged and written anew", run.Error, StringComparison.Ordinal);
        Assert.Equal(good, File.ReadAllBytes(file));

        Directory.Delete(own, recursive: true);
        var without = Run([.. line, "--no-cache"], own);
        Assert.Equal((0, ""), (without.ExitCode, without.Error));
        Assert.False(Directory.Exists(own));
    }

    [Fact]
    public void Devices_are_named_or_refused()
    {
        Assert.Equal(0, Run(["digits:test", "digits:test", "--device", "best"]).ExitCode);
        Fails(2, "'gpu' is not a device", "digits:test", "digits:test", "--device", "gpu");
        Assert.SkipUnless(ComputeDevice.CudaProblem is not null, "this machine has a CUDA device");
        Fails(1, "cuda:0 cannot be used", "digits:test", "digits:test", "--device", "cuda");
    }

    private void Fails(int code, string message, params string[] arguments)
    {
        var run = Run(arguments);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(message, Assert.Single(run.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private MetricReport Report(params string[] arguments)
    {
        var run = Run([.. arguments, "--fid", "--json", "report.json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return MetricReport.FromJson(File.ReadAllText(_folder["report.json"]));
    }

    private ProgramRun Run(string[] arguments, string? cache = null) =>
        ProgramRun.ResearchKit(_folder.Path, new Dictionary<string, string> { [FeatureCache.FolderVariable] = cache ?? _cache },
            ["metrics", .. arguments]);
}
