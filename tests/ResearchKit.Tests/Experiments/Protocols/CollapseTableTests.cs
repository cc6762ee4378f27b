using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Protocols;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Sweeps;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Protocols;

public sealed class CollapseTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void An_exact_form_stands_against_the_published_number_with_an_interval()
    {
        var table = CollapseTable.Markdown(Results(PresetProtocol.Exact, [])).Split('\n');
        Assert.Equal("| method | runs | all modes [95 %] | modes | modes: published, difference [99 %] | highQuality |", table[0]);
        // 0.7 ± 2.954, by scipy's t of 5.444 degrees
        Assert.Equal("| GAN | 3 | 1 of 3 [6 %, 79 %] | 7.00 ± 0.58 | 6.3 ± 0.5; [-2.254, 3.654] | 0.5 ± 0 |", table[2]);
        Assert.Equal("| other | 2 + 1 diverged | 2 of 2 [34 %, 100 %] | 8 ± 0 | 7.6 (VEEGAN) | 0.25 ± 0 |", table[3]);
        Assert.Contains(table, l => l.Contains("Source: a paper, table 1.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_quick_form_names_its_deviations_and_never_a_difference()
    {
        var text = CollapseTable.Markdown(Results(PresetProtocol.Quick, ["fewer steps", "smaller networks"]));
        Assert.Contains("| GAN | 3 | 1 of 3 [6 %, 79 %] | 7.00 ± 0.58 | 6.3 ± 0.5 |", text, StringComparison.Ordinal);
        Assert.Contains("do not stand against the published ones. Deviations:\n- fewer steps\n- smaller networks\n", text,
            StringComparison.Ordinal);
        Assert.Contains("chosen on the seeds 100..109; they are reported on 0..2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("99 %", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_without_a_protocol_is_refused()
    {
        var plan = SweepPlan.Create(new Preset("p", "",
            new ExperimentOptions().With("data=ring8", "normalization=None"), []), [], [0]);
        var error = Assert.Throws<ArgumentException>(() => CollapseTable.Of(SweepResults.Collect(plan, _folder.Path)));
        Assert.Contains("The preset p follows no published protocol.", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private SweepResults Results(string form, string[] deviations)
    {
        var published = new Dictionary<string, IReadOnlyDictionary<string, PublishedValue>>
        {
            ["GAN"] = new Dictionary<string, PublishedValue> { ["modes"] = new(6.3, 0.5, 10) },
            ["other"] = new Dictionary<string, PublishedValue> { ["modes"] = new(7.6, From: "VEEGAN") },
        };
        var protocol = new PresetProtocol(form, "a paper, table 1", deviations, published, "100..109", "0..2");
        var options = new ExperimentOptions().With("data=ring8", "normalization=None", "steps=2");
        var preset = new Preset("p", "", options, [new SweepSetting("GAN", []), new SweepSetting("other", ["loss=hinge"])], protocol);
        var plan = SweepPlan.Create(preset, [], [0, 1, 2]);
        double[] modes = [6, 7, 8];
        foreach (var cell in plan.Cells)
        {
            var run = RunFolder.Create(_folder[cell.Folder], cell.Options);
            var (isFirst, diverged) = (cell.Setting.Name == "GAN", cell.Setting.Name == "other" && cell.Seed == 1);
            var (found, share) = isFirst ? (modes[cell.Seed], "0.5") : (8, "0.25");
            var scores = $$"""{"step":2,"modes":{{found}},"highQuality":{{share}}}""";
            File.WriteAllText(Path.Combine(run.Path, "scores.jsonl"), diverged ? "" : scores + "\n");
            File.WriteAllText(diverged ? Path.Combine(run.Path, "diverged.json") : run.GeneratorFile,
                diverged ? """{"step": 1, "quantity": "G's loss"}""" : "");
        }

        return SweepResults.Collect(plan, _folder.Path);
    }
}
