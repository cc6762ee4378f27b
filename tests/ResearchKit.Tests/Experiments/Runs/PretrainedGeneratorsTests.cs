using System.Text.Json.Nodes;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Runs;
using ResearchKit.Imaging;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;

namespace ResearchKit.Tests.Experiments.Runs;

/// <summary>Every generator that ships is what its papers beside it say.</summary>
public class PretrainedGeneratorsTests
{
    public static TheoryData<string> Names => [.. PretrainedGenerators.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_of_the_run_and_has_the_class_accuracy_that_stand_beside_it(string name)
    {
        var file = PretrainedGenerators.Resolve($"pretrained:{name}");
        var run = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(file, ".run.json")))!;
        var report = MetricReport.FromJson(File.ReadAllText(Path.ChangeExtension(file, ".accuracy.json")));
        Assert.Contains($"pretrained:{name}", report.Generated, StringComparison.Ordinal);
        Assert.Contains(DataCatalog.Sha256Of(file), report.Generated, StringComparison.Ordinal); // of these weights
        var accuracy = report["class-accuracy"];
        Assert.Contains($"(for the floor); features: {accuracy.Protocol.Network}", report.ToString(), StringComparison.Ordinal);
        Assert.InRange(accuracy.Value, 0.8, 1);

        using var loaded = RunGenerator.FromFile(file);
        Assert.Equal(((JsonObject)run["data"]!["classes"]!).Select(c => c.Key), loaded.Generator.Labels!.Names);
        using var network = FeatureNetworks.Load(accuracy.Protocol.Network);
        using var features = FeatureExtraction.Of(network, new GeneratorSource(loaded.Generator, name, 400, seed: 11));
        Assert.Equal(accuracy.Value, ClassAccuracy.Of(features), 0.06); // three standard errors of 400
    }

    [Fact]
    public void They_are_small()
    {
        var files = Names.Select(n => PretrainedGenerators.Resolve($"pretrained:{n.Data}")).ToList();
        Assert.NotEmpty(files);
        Assert.True(files.Sum(f => new FileInfo(f).Length) < 10_000_000);
    }
}
