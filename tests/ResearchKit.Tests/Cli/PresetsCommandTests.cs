using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public class PresetsCommandTests
{
    // What runs gave is gathered from their folders; one with other options, and one that is not done, are left out and named.
    [Fact]
    public void Runs_of_a_preset_are_gathered_with_their_time()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.json"], """
            {"title": "t", "options": {"data": "ring8", "steps": 20, "features": 8, "scores": "modes", "scoreSamples": 100}}
            """);
        foreach (var (run, more) in ((string, string)[])[("a", "seed=2"), ("b", "seed=1"), ("other", "batch=16")])
        {
            Train(run, "--set", more);
        }

        Train("longer", "--steps", "21");
        RunFolder.Create(folder["runs/new"], PresetCatalog.Find(folder["mine.json"]).Options);
        List<string> left = [];
        var runs = PresetMeasurements.Collect(PresetCatalog.Find(folder["mine.json"]), folder["runs"], left.Add);
        Assert.Equal([1L, 2L], runs.Select(r => r.Seed));
        Assert.All(runs, r => Assert.True(r.Seconds is > 0 and < 600 && r.Scores.ContainsKey("modes") && r.Changed.Length == 0));
        Assert.Equal(["steps is 21.", "it is not done.", "batch is 16."], left.Select(l => l.Split("left out, ")[1])); // longer, new, other
        PresetMeasurements.Write(folder["kept.json"], runs);
        var kept = PresetMeasurements.Read<MeasuredRun>(folder["kept.json"]);
        Assert.Equal(runs.Select(r => (r.Seed, r.Seconds, r.Machine, r.Scores["modes"])),
            kept.Select(r => (r.Seed, r.Seconds, r.Machine, r.Scores["modes"])));
        var ring = PresetCatalog.Find("ring8");
        var none = Assert.Throws<DataFileException>(() => PresetMeasurements.Collect(ring, folder["runs"], _ => { }));
        Assert.Contains("no run of the preset ring8 below it that is done", none.Message, StringComparison.Ordinal);

        void Train(string run, params string[] more) => Assert.Equal(0,
            ProgramRun.ResearchKit(folder.Path, null, ["train", "mine.json", "--out", $"runs/{run}", .. more]).ExitCode);
    }

    // The runs of a preset with variants are each of one of them.
    [Fact]
    public void Runs_of_variants_are_told_apart()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.json"], """
            {"title": "t", "options": {"data": "ring8", "steps": 20, "features": 8, "scores": "modes", "scoreSamples": 100},
             "variants": {"z": {}, "b": {"batch": 16}}}
            """);
        foreach (var more in (string[])["batch=16", "seed=3", "batch=8"])
        {
            Assert.Equal(0,
                ProgramRun.ResearchKit(folder.Path, null, ["train", "mine.json", "--set", more, "--out", $"runs/{more}"]).ExitCode);
        }

        List<string> left = [];
        var runs = PresetMeasurements.Collect(PresetCatalog.Find(folder["mine.json"]), folder["runs"], left.Add);
        Assert.Equal([("z", 3L), ("b", 0L)], runs.Select(r => (r.Setting!, r.Seed)));
        Assert.Contains("batch is 8", Assert.Single(left), StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_every_preset_with_the_command_that_runs_it_and_what_was_published()
    {
        var all = ProgramRun.ResearchKit(Repository.Root, null, "presets").Output.Split("\n\n");
        Assert.Equal(PresetCatalog.All().Select(p => p.Name),
            all.Select(text => text.Trim().Split('\n')[0]).Where(name => name.Length > 0));
        var papers = ProgramRun.ResearchKit(Repository.Root, null, "presets", "--papers").Output;
        Assert.Contains("published: FID 16.77", papers, StringComparison.Ordinal);
        Assert.Contains("researchkit train r3gan-ffhq-64 --data FOLDER --out DIR", papers, StringComparison.Ordinal);
        Assert.DoesNotContain("dcgan-faces", papers, StringComparison.Ordinal);
        Assert.Contains(all, text => text.Contains("researchkit sweep stability --seeds 0..4 --out DIR", StringComparison.Ordinal));
        Assert.Contains(all,
            text => text.Contains("researchkit collapse unrolled-digits --form exact --out DIR", StringComparison.Ordinal));
    }
}
