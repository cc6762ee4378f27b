using System.Text.Json.Nodes;
using ResearchKit.Data.Catalog;
using ResearchKit.Data.Sounds;
using ResearchKit.Experiments.Runs;
using ResearchKit.Imaging;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Metrics.Sounds;
using ResearchKit.Metrics.Text;
using ResearchKit.Models.Translation;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Experiments.Runs;

/// <summary>Every generator that ships is what its papers beside it say.</summary>
public class PretrainedGeneratorsTests
{
    public static TheoryData<string> Names => [.. PretrainedGenerators.Names.Where(n => File.Exists(AccuracyOf(n)))];

    public static TheoryData<string> Sounds => [.. PretrainedGenerators.Names.Where(n => ScoresOf(n)?["inTune"] is not null)];

    public static TheoryData<string> Texts => [.. PretrainedGenerators.Names.Where(n => ScoresOf(n)?["jsd1"] is not null)];

    public static TheoryData<string> Translators => [.. PretrainedGenerators.Names.Where(n => TranslatorFile.IsOne(FileOf(n)))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_of_the_run_and_has_the_class_accuracy_that_stand_beside_it(string name)
    {
        var file = FileOf(name);
        var run = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(file, ".run.json")))!;
        var report = MetricReport.FromJson(File.ReadAllText(AccuracyOf(name)));
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

    /// <summary>Plays notes as clear and as well in tune as the run's last scores say.</summary>
    [Theory]
    [MemberData(nameof(Sounds))]
    public void Plays_as_the_scores_beside_it_say(string name)
    {
        using var scope = NewDisposeScope();
        var scores = ScoresOf(name)!;
        using var loaded = RunGenerator.FromFile(FileOf(name));
        using var made = GeneratorSounds.Draw(loaded.Generator, name, 400, seed: 11);
        var (pitch, clarity) = SoundPitch.Of(made.Sounds, made.Rate, lowest: 200); // (N)
        var notes = tensor(PluckedNotes.Pitches.ToArray()); // (8)
        var cents = ((pitch.unsqueeze(1) / notes).log2() * 1200).abs().amin([1]); // (N)
        var inTune = ((cents < 25) & (clarity >= 0.9)).to(ScalarType.Float64).mean().item<double>();
        Assert.Equal(scores["inTune"]!.GetValue<double>(), inTune, 0.08); // three standard errors of 400 and of 1,000
        Assert.Equal(scores["clarity"]!.GetValue<double>(), clarity.mean().item<double>(), 0.02);
    }

    /// <summary>Writes lines whose n-grams are as far from held-out words as the run's last scores say.</summary>
    [Theory]
    [MemberData(nameof(Texts))]
    public void Writes_as_the_scores_beside_it_say(string name)
    {
        var scores = ScoresOf(name)!;
        using var loaded = RunGenerator.FromFile(FileOf(name));
        var lines = GeneratorText.Draw(loaded.Generator, name, 2000, seed: 11); // the scores are of as many, and seed 1
        var held = DataCatalog.Find().LoadLines(name, "test");
        foreach (var n in (int[])[1, 2, 3, 4])
        {
            Assert.Equal(scores[$"jsd{n}"]!.GetValue<double>(), NgramDivergence.Of(lines, held, n), 0.02);
        }

        Assert.Equal(scores["distinct"]!.GetValue<double>(), (double)lines.Distinct().Count() / lines.Count, 0.01);
    }

    /// <summary>Translates the test images of its own run, and is as near to their partners as the run's last scores say.</summary>
    [Theory]
    [MemberData(nameof(Translators))]
    public void Translates_as_the_scores_beside_it_say(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var run = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(FileOf(name), ".run.json")))!["options"]!;
        var scores = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(FileOf(name), ".scores.json")))!;
        Tensor Test(string option)
        {
            var data = run[option]!.GetValue<string>().Split(':');
            using var set = DataCatalog.Find().LoadImages(data[0], $"test:{data[2]}");
            return set.First((int)set.Count);
        }

        using var translators = TranslatorFile.Load(FileOf(name));
        var (input, truth) = (Test("data"), Test("dataB")); // (N, 3, H, W)
        var made = translators.AToB.call(input);
        var l1 = TranslationErrors.ForegroundL1(made, truth, input);
        Assert.Equal(scores["l1"]!.GetValue<double>(), l1, 1e-3);
        Assert.Equal(scores["retrieval"]!.GetValue<double>(), TranslationErrors.RetrievalAtOne(made, truth), 0.01);
        Assert.True(l1 < 0.75 * TranslationErrors.ForegroundL1(input, truth, input), $"L1 {l1}");
    }

    [Fact]
    public void They_are_small()
    {
        static long Bytes(TheoryData<string> names) => names.Sum(n => new FileInfo(FileOf(n.Data)).Length);
        Assert.InRange(Bytes(Names), 1, 10_000_000);
        Assert.InRange(Bytes(Sounds), 1, 1_000_000);
        Assert.InRange(Bytes(Texts), 1, 1_000_000);
        Assert.InRange(Bytes(Translators), 1, 5_000_000);
    }

    private static JsonNode? ScoresOf(string name) =>
        Path.ChangeExtension(FileOf(name), ".scores.json") is var path && File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) : null;

    private static string AccuracyOf(string name) => Path.ChangeExtension(FileOf(name), ".accuracy.json");

    private static string FileOf(string name) => PretrainedGenerators.Resolve($"pretrained:{name}");
}
