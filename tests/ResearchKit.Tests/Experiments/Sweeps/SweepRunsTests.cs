using System.Globalization;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Sweeps;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Sweeps;

public sealed class SweepRunsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // What is kept of the lessons' sweeps is what their tables hold, whose bytes the lessons check.
    [Theory]
    [InlineData("collapse-ring8-quick", "10-ring8", 80)]
    [InlineData("collapse-grid25-quick", "10-grid25", 80)]
    [InlineData("collapse-stacked-digits-quick", "09-stacked-digits-seeds", 9)]
    public void The_runs_that_are_kept_are_those_of_the_lessons_table(string preset, string table, int runs)
    {
        var read = SweepRuns.Read(PresetCatalog.Find(preset), Path.Combine(Repository.Root, "notebooks", "sweeps", $"{table}.csv"),
            text => Assert.Fail(text));
        Assert.Equal(runs, read.Count);
        Assert.Equal(read.Select(Words), PresetMeasurements.Of(preset).Select(Words));

        static string Words(MeasuredRun run) => string.Create(CultureInfo.InvariantCulture,
            $"{run.Setting} {run.Seed}: {string.Join(", ", run.Scores.Select(s => $"{s.Key} {s.Value:G6}"))}");
    }

    [Fact]
    public void A_run_that_diverged_or_is_not_whole_is_left_out_and_named()
    {
        List<string> left = [];
        var run = Assert.Single(Read("a,10,0,x,5,3,\na,10,0,x,10,4,\na,10,1,x,5,3,\na,10,2,x,10,,7\n", left));
        Assert.Equal(("a", 0L, 4.0, null, null), (run.Setting, run.Seed, run.Scores["modes"], run.Seconds, run.Machine));
        Assert.Equal(["a, seed 1: left out, it ends at step 5 of 10.", "a, seed 2: left out, it diverged at step 7."], left);
    }

    [Theory]
    [InlineData("a,11,0,x,10,3,\n", "batch is 11 in the runs of a, and another value in the preset")]
    [InlineData("b,10,0,x,10,3,\n", "there is no whole run of a variant of")]
    public void Another_sweeps_table_is_refused(string rows, string problem) =>
        Assert.Contains(problem, Assert.Throws<DataFileException>(() => Read(rows, [])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_table_that_is_no_sweeps_is_refused()
    {
        File.WriteAllText(_folder["x.csv"], "game,seed\na,1\n");
        var error = Assert.Throws<DataFileException>(() => SweepRuns.Read(Preset(), _folder["x.csv"], _ => { }));
        Assert.Contains("this is no results.csv of a sweep of variants of mine", error.Message, StringComparison.Ordinal);
        Assert.Throws<DataFileException>(() => SweepRuns.Read(Preset(), _folder["none.csv"], _ => { }));
    }

    [Fact]
    public void Steps_are_timed_variant_by_variant()
    {
        var costs = StepCosts.Measure(Preset(), ["threads=1"], TimeSpan.FromMilliseconds(50)).ToList();
        Assert.Equal(["a", "c"], costs.Select(c => c.Setting));
        Assert.All(costs, c => Assert.True(c is { Seconds: > 1e-5 and < 1, Changed: "threads=1" }, $"{c}"));
        PresetMeasurements.Write(_folder["kept.json"], costs);
        Assert.Equal(costs, PresetMeasurements.Read<StepCost>(_folder["kept.json"]));
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<MeasuredRun> Read(string rows, List<string> left)
    {
        File.WriteAllText(_folder["results.csv"], "setting,batch,seed,configuration,step,modes,divergedAt\n" + rows);
        return SweepRuns.Read(Preset(), _folder["results.csv"], left.Add);
    }

    private Preset Preset()
    {
        File.WriteAllText(_folder["mine.json"], """
            {"title": "t", "options": {"data": "ring8", "steps": 10, "features": 8, "normalization": "None", "scores": "modes"},
             "variants": {"a": {"batch": 10}, "c": {"batch": 20}}}
            """);
        return PresetCatalog.Find(_folder["mine.json"]);
    }
}
