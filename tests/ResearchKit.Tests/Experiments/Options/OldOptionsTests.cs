using System.Text.Json.Nodes;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Options;

/// <summary>A run folder and a preset as version 8dbca23 wrote them: <c>train ring8 --steps 30 --seed 3</c> with hinge, LeCam, clipped
/// gradients and a half-life, left after step 10; the log is that of the whole run.</summary>
public sealed class OldOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void An_old_run_folder_is_sampled_and_resumed_to_the_old_numbers()
    {
        var old = Repository.Reference("old-run");
        Directory.CreateDirectory(_folder["run/checkpoints"]);
        foreach (var file in Directory.GetFiles(old, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(_folder["run"], Path.GetRelativePath(old, file)));
        }

        var run = RunFolder.Open(_folder["run"]);
        Assert.Equal(
            ["data is ring8", "samples is 200", "batch is 8", "features is 4", "layers is 1", "latent is 2", "normalization is None",
                "loss is hinge", "r1 is exponential(0.03, 0.0002, 5200)", "r2 is exponential(0.03, 0.0002, 5200)", "leCam is 0.1",
                "seed is 3", "generatorLearningRate is cosine(0.001, 5E-05, 6500)",
                "discriminatorLearningRate is cosine(0.001, 5E-05, 6500)", "beta1 is 0", "beta2 is 0.99",
                "gradientClip is 5", "averageHalfLife is 100", "steps is 30", "logEvery is 1",
                "checkpointEvery is 10", "gridEvery is none", "scoreSamples is 100"],
            ExperimentJson.Differences(new ExperimentOptions(), run.Options).Select(d => $"{d.Name} is {d.Second}"));
        using (var generator = RunGenerator.Load(run))
        {
            Assert.Equal(10, generator.Step);
        }

        var told = new List<string>();
        Assert.Equal(20, ExperimentRun.Train(run, told.Add).Count());
        Assert.EndsWith("resumed after step 10 of 30.", told[0], StringComparison.Ordinal);
        var (expected, actual) = (Log(Path.Combine(old, "log.jsonl")), Log(_folder["run/log.jsonl"]));
        Assert.Equal(30, actual.Count);
        foreach (var (before, now) in expected.Zip(actual))
        {
            Assert.Equal(before.Select(p => p.Key), now.Select(p => p.Key));
            Assert.All(before, p => Assert.Equal((double)p.Value!, (double)now[p.Key]!, 1e-4)); // other processors have other last digits
        }

        Assert.True(RunFolder.Open(_folder["run"]).IsDone);
    }

    [Fact]
    public void A_part_that_a_preset_has_not_is_told()
    {
        File.WriteAllText(_folder["mine.json"], """{ "title": "mine", "options": {}, "varaints": {} }""");
        Assert.Contains("it has no use for 'varaints'; its parts are title, base, options, variants, protocol, published",
            Assert.Throws<DataFileException>(() => PresetCatalog.Find(_folder["mine.json"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_old_preset_is_read_with_its_variants()
    {
        File.WriteAllText(_folder["mine.json"], """
            {
              "title": "mine",
              "options": { "data": "ring8", "normalization": "None", "generatorRate": 1e-3, "average": 0, "r1": 0, "augment": "none" },
              "variants": {
                "slow": { "generatorRate": "cosine(1e-3, 0, 50)", "unrolled": 5 },
                "even": { "average": 0.9, "gradientClip": 0 }
              }
            }
            """);
        var preset = PresetCatalog.Find(_folder["mine.json"]);
        Assert.Equal((null, null, null, 0),
            (preset.Options.Trainer.AverageDecay, preset.Options.Trainer.UnrolledSteps, preset.Options.Game.Augment,
                preset.Options.Game.Penalties.Count));
        Assert.Equal(["generatorLearningRate=cosine(1e-3, 0, 50)", "unrolledSteps=5", "averageDecay=0.9", "gradientClip=none"],
            preset.Variants.SelectMany(v => v.Assignments));
    }

    public void Dispose() => _folder.Dispose();

    private static List<JsonObject> Log(string path) => [.. File.ReadLines(path).Select(line => JsonNode.Parse(line)!.AsObject())];
}
