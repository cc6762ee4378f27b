using ResearchKit.Files;
using ResearchKit.Imaging;
using ResearchKit.Metrics;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Cli;

public sealed class MetricsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Arrays_are_scored_with_the_librarys_values_and_the_report_is_written()
    {
        using var generated = Array("g.npy", 150, 1.2);
        using var real = Array("r.npy", 120, 1);
        var run = Run("metrics", "g.npy", "r.npy", "--fid", "--prdc", "--json", "report.json");
        Assert.True(run.ExitCode == 0, run.Error);
        var report = MetricReport.FromJson(File.ReadAllText(_folder["report.json"]));
        Assert.Equal(["frechet-distance", "density", "coverage"], report.Results.Select(r => r.Protocol.Metric));
        Assert.Equal(FrechetDistance.Of(generated, real), report["frechet-distance"].Value, 1e-12);
        Assert.Contains("frechet-distance", run.Output, StringComparison.Ordinal);

        Assert.Equal(0, Run("stats", "r.npy", "--out", "s.npz").ExitCode);
        foreach (var (first, second) in ((string, string)[])[("g.npy", "s.npz"), ("s.npz", "g.npy")])
        {
            Assert.Equal(0, Run("metrics", first, second, "--json", "stored.json").ExitCode);
            var stored = MetricReport.FromJson(File.ReadAllText(_folder["stored.json"]));
            Assert.Equal((first, second), (stored.Generated, stored.Real));
            Assert.Equal(report["frechet-distance"].Value, stored["frechet-distance"].Value, 1e-9);
            Assert.Equal("stored statistics", stored["frechet-distance"].Protocol.Estimator);
            Assert.Equal(first == "g.npy" ? 150 : 120, stored["frechet-distance"].Protocol.GeneratedCount);
        }

        Assert.Contains("mu and sigma only", Run("metrics", "g.npy", "s.npz", "--kid").Error, StringComparison.Ordinal);
        var named = Run("metrics", "g.npy", "s.npz", "--fid", "--clipped", "--ppr"); // what the scorecard has, but asked for
        Assert.Equal(1, named.ExitCode);
        Assert.Contains("s.npz holds mu and sigma only", named.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_are_scored_by_the_shipped_network_and_a_broken_one_is_named_and_counted()
    {
        Directory.CreateDirectory(_folder["pictures"]);
        var random = new Random(0);
        for (var i = 0; i < 12; i++)
        {
            var pixels = new byte[28 * 28];
            random.NextBytes(pixels);
            File.WriteAllBytes(Path.Combine(_folder["pictures"], $"{i:00}.png"), PngFile.Encode(pixels, 28, 28, 1));
        }

        File.WriteAllText(Path.Combine(_folder["pictures"], "07.png"), "broken");
        var run = Run("metrics", "pictures", "fashion-mnist-small:test", "--fid", "--json", "report.json");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("07.png", run.Error, StringComparison.Ordinal);
        Assert.Contains("1 of 12 images could not be read: left out.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("nception", run.Output, StringComparison.Ordinal); // another network is never called that
        var protocol = MetricReport.FromJson(File.ReadAllText(_folder["report.json"])).Results.Single().Protocol;
        Assert.Equal(("fashion-28", 11, 4000), (protocol.Network, protocol.GeneratedCount, protocol.RealCount));
        Assert.Equal(64, protocol.NetworkSha256.Length);

        var strict = Run("metrics", "pictures", "fashion-mnist-small:test", "--strict");
        Assert.Equal(1, strict.ExitCode);
        Assert.Contains("07.png", strict.Error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void One_broken_picture_among_a_thousand_is_named_and_counted_and_strict_stops()
    {
        Directory.CreateDirectory(_folder["thousand"]);
        var random = new Random(0);
        var pixels = new byte[28 * 28];
        for (var i = 0; i < 1000; i++)
        {
            random.NextBytes(pixels);
            File.WriteAllBytes(Path.Combine(_folder["thousand"], $"{i:000}.png"), PngFile.Encode(pixels, 28, 28, 1));
        }

        var broken = Path.Combine(_folder["thousand"], "613.png");
        File.WriteAllBytes(broken, File.ReadAllBytes(broken)[..200]);
        var run = Run("metrics", "thousand", "digits:test", "--json", "report.json");
        Assert.True(run.ExitCode == 0, run.Error);
        var lines = run.Error.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal("feature network: fashion-28, because the images are grey; --network chooses another.", lines[0]);
        Assert.Contains("613.png", lines[1], StringComparison.Ordinal);
        Assert.Equal("thousand: 1 of 1000 images could not be read: left out.", lines[2]);
        var results = MetricReport.FromJson(File.ReadAllText(_folder["report.json"])).Results;
        Assert.Equal(["frechet-distance", "clipped-density", "clipped-coverage", "probabilistic-precision", "probabilistic-recall"],
            results.Select(r => r.Protocol.Metric)); // the scorecard
        Assert.All(results, r => Assert.Equal((999, true), (r.Protocol.GeneratedCount, r.Interval is not null)));
        var strict = Run("metrics", "thousand", "digits:test", "--strict");
        Assert.Equal(1, strict.ExitCode);
        Assert.Contains("613.png", strict.Error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Six_pictures_are_enough_for_some_metrics_and_the_others_are_named_with_their_reason()
    {
        Noise("six-a", 6, 1);
        Noise("six-b", 6, 2);
        var kernel = OneError("metrics", "six-a", "six-b", "--kid");
        Assert.Contains("kernel-distance draws subsets of 1000", kernel, StringComparison.Ordinal);
        Assert.Contains("--kid-subset-size", kernel, StringComparison.Ordinal);
        Assert.Contains("six-a has 6, six-b has 6", kernel, StringComparison.Ordinal);
        var classifier = OneError("metrics", "six-a", "six-b", "--isc");
        Assert.Contains("classifier-score needs a sample for each of its 10 splits, and six-a has 6.", classifier,
            StringComparison.Ordinal);

        var all = Run("metrics", "six-a", "six-b", "--all", "--json", "all.json");
        Assert.True(all.ExitCode == 0, all.Error);
        var metrics = MetricReport.FromJson(File.ReadAllText(_folder["all.json"])).Results.Select(r => r.Protocol.Metric).ToList();
        Assert.All((string[])["frechet-distance", "precision", "recall", "density", "coverage", "vendi-score", "mind"],
            metric => Assert.Contains(metric, metrics));
        var leftOut = all.Error.Split('\n').Where(line => line.StartsWith("left out: The metric ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[4].TrimEnd(':'));
        Assert.Equal(["kid", "isc", "accuracy", "prcover", "ct", "auth", "fld"], leftOut);

        Assert.Equal(0, Run("metrics", "six-a", "six-b", "--kid", "--kid-subset-size", "6").ExitCode);
    }

    [Fact]
    public void Metrics_of_memorisation_want_the_training_set()
    {
        using var generated = Array("g.npy", 150, 1.2);
        using var real = Array("r.npy", 120, 1);
        using var training = Array("t.npy", 140, 1);
        foreach (var metric in (string[])["ct", "auth", "fld"])
        {
            var run = Run("metrics", "g.npy", "r.npy", $"--{metric}");
            Assert.Equal((2, ""), (run.ExitCode, run.Output));
            Assert.Contains($"--{metric} needs the set that the generator was trained on: give it with --train.",
                Assert.Single(run.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        }

        var given = Run("metrics", "g.npy", "r.npy", "--ct", "--auth", "--fld", "--train", "t.npy", "--json", "report.json");
        Assert.True(given.ExitCode == 0, given.Error);
        var report = MetricReport.FromJson(File.ReadAllText(_folder["report.json"]));
        Assert.Equal(CopyingTest.Of(generated, real, training), report["c-t"].Value, 1e-12);
        Assert.Equal(0, report["auth-pct"].Memorised); // what a copy of the training set gets
    }

    [Fact]
    public void Probabilities_are_scored_like_their_logits_and_that_is_said()
    {
        using var random = new Generator(1);
        using var logits = 3 * randn(200, 10, ScalarType.Float64, generator: random);
        using var probabilities = logits.softmax(1).to(ScalarType.Float32);
        NpyFile.Write(_folder["logits.npy"], logits);
        NpyFile.Write(_folder["probs.npy"], probabilities);
        var expected = InceptionScore.Of(logits).Mean;
        foreach (var (name, isSaid) in ((string, bool)[])[("logits.npy", false), ("probs.npy", true)])
        {
            var run = Run("metrics", name, name, "--isc", "--json", "report.json");
            Assert.Equal(expected, MetricReport.FromJson(File.ReadAllText(_folder["report.json"]))["classifier-score"].Value, 1e-5);
            Assert.Equal(isSaid, run.Error.Contains("probs.npy: rows in [0, 1] that sum to 1", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("--samples must be a whole number from 1 on, not 'many'", "g.npy", "r.npy", "--samples", "many")]
    [InlineData("--seed must be a whole number from 0 to 4294967295, not '-1'", "g.npy", "r.npy", "--seed", "-1")]
    [InlineData("--kid-subset-size must be a whole number from 2 on", "g.npy", "r.npy", "--kid-subset-size", "1")]
    [InlineData("'--fdi'", "g.npy", "r.npy", "--fdi")]
    [InlineData("Say what g.npy is scored against", "g.npy")]
    [InlineData("There is no feature network 'x'", "digits:test", "digits:test", "--network", "x")]
    public void A_wrong_line_is_one_sentence_and_another_exit_code(string message, params string[] arguments)
    {
        var run = Run(["metrics", .. arguments]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, Assert.Single(run.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private void Noise(string folder, int count, int seed)
    {
        Directory.CreateDirectory(_folder[folder]);
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var pixels = new byte[28 * 28];
            random.NextBytes(pixels);
            File.WriteAllBytes(Path.Combine(_folder[folder], $"{i:000}.png"), PngFile.Encode(pixels, 28, 28, 1));
        }
    }

    private string OneError(params string[] arguments)
    {
        var run = Run(arguments);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        return run.Error.TrimEnd().Split('\n').Single(line => line.StartsWith("error: ", StringComparison.Ordinal));
    }

    private Tensor Array(string name, int count, double scale)
    {
        using var random = new Generator((ulong)count);
        var array = scale * randn(count, 3, ScalarType.Float64, generator: random);
        NpyFile.Write(_folder[name], array);
        return array;
    }

    private ProgramRun Run(params string[] arguments) =>
        ProgramRun.ResearchKit(_folder.Path, new Dictionary<string, string> { [FeatureCache.FolderVariable] = _folder["cache"] },
            arguments);
}
