using System.Text.Json.Nodes;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Sweeps;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Sweeps;

public sealed class SweepStatusTests : IDisposable
{
    private static readonly SweepCell Cell = SweepPlan.Create(PresetCatalog.Find("ring8"),
        ["features=16", "steps=6", "checkpointEvery=2", "logEvery=1", "gridEvery=6", "scoreEvery=6"], [0]).Cells[0];

    private readonly TemporaryFolder _folder = new();

    private string Run => Path.Combine(_folder.Path, Cell.Folder);

    [Fact]
    public void A_run_is_told_as_it_stands_from_before_its_first_step_to_its_end()
    {
        Assert.Equal((SweepRunState.Waiting, ""), Status());
        Assert.Equal((SweepRunState.Failed, "no libtorch"), Status(("no libtorch", DateTime.UtcNow)));
        var steps = ExperimentRun.Train(RunFolder.Create(Run, Cell.Options)).GetEnumerator();
        Assert.Equal((SweepRunState.Begun, "no checkpoint yet"), Status());
        for (var i = 0; i < 5; i++)
        {
            Assert.True(steps.MoveNext());
        }

        var (state, words) = Status(("of an earlier try", DateTime.UtcNow.AddHours(-1)));
        Assert.Equal(SweepRunState.Running, state);
        Assert.Matches($@"^step 5 of 6, on {Environment.MachineName} since 20..-..-.. ..:..:.. UTC \(process {Environment.ProcessId}\)$",
            words);
        steps.Dispose();
        Assert.Equal((SweepRunState.Begun, "checkpoint at step 4 of 6"), Status(("of an earlier try", DateTime.UtcNow.AddHours(-1))));
        Assert.Equal((SweepRunState.Failed, "checkpoint at step 4 of 6: no memory"), Status(("no memory", DateTime.UtcNow.AddHours(1))));
        RunFolder.Open(Run).Ending.SetFailed("no space");
        Assert.Equal((SweepRunState.Failed, "checkpoint at step 4 of 6: no space"), Status());

        Assert.Equal(2, ExperimentRun.Train(RunFolder.Open(Run)).Count());
        Assert.Equal((SweepRunState.Done, "6 steps"), Status());
        Assert.False(File.Exists(Path.Combine(Run, "failed.json")));
        Assert.False(File.Exists(Path.Combine(Run, "running.json")));
    }

    [Fact]
    public void A_process_that_was_killed_leaves_its_name()
    {
        RunFolder.Create(Run, Cell.Options);
        File.WriteAllText(Path.Combine(Run, "running.json"), new JsonObject
        {
            ["host"] = Environment.MachineName, ["process"] = 7, ["since"] = "2026-01-02T03:04:05Z", ["job"] = "17_4", ["beats"] = 3,
        }.ToJsonString());
        Assert.Equal((SweepRunState.Begun, $"no checkpoint yet; its process on {Environment.MachineName} since 2026-01-02 03:04:05 UTC " +
            "(process 7, Slurm job 17_4) ended without a word, as when it is killed or has no memory"), Status());
    }

    [Fact]
    public void A_diverged_run_and_one_with_other_options_are_told()
    {
        RunFolder.Create(Run, Cell.Options);
        File.WriteAllText(Path.Combine(Run, "diverged.json"), """{ "step": 4, "quantity": "the generator's loss" }""");
        Assert.Equal((SweepRunState.Diverged, "at step 4: the generator's loss"), Status());
        Directory.Delete(Run, recursive: true);
        RunFolder.Create(Run, Cell.Options.With("features=8"));
        var (state, words) = Status();
        Assert.Equal(SweepRunState.Failed, state);
        Assert.Contains("this folder holds a run with other options than the sweep's", words, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private (SweepRunState State, string Words) Status((string Error, DateTime At)? told = null)
    {
        var status = SweepStatus.Of(Cell, _folder.Path, told);
        return (status.State, status.Words);
    }
}
