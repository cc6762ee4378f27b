using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Runs;

public sealed class ExperimentRunTests : IDisposable
{
    private static readonly ExperimentOptions Ring = new ExperimentOptions().With("data=ring8", "samples=64", "features=4", "layers=1",
        "latent=2", "normalization=None", "batch=8", "steps=12", "logEvery=2", "checkpointEvery=5");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Lines_of_the_log_that_were_lost_are_told()
    {
        _ = ExperimentRun.Train(RunFolder.Create(_folder["run"], Ring)).Take(11).Count(); // the last checkpoint is of step 10
        var lines = File.ReadAllLines(_folder["run/log.jsonl"]);
        lines[2] = lines[2].Replace("step", "stop", StringComparison.Ordinal); // of step 6
        File.WriteAllLines(_folder["run/log.jsonl"], lines);
        var told = new List<string>();
        _ = ExperimentRun.Train(RunFolder.Open(_folder["run"]), told.Add).Count();
        Assert.Equal($"{_folder["run"]}: damaged lines of the log are taken out, and cannot be written again: 3.", told[0]);
        Assert.EndsWith("resumed after step 10 of 12.", told[1], StringComparison.Ordinal);
        Assert.Equal([2, 4, 8, 10, 12], RunFolder.Open(_folder["run"]).Log.Read().Select(l => l.Step.Step)); // the good ones stay

        Assert.Equal(11, ExperimentRun.Train(RunFolder.Create(_folder["cut"], Ring)).Take(11).Count());
        File.WriteAllLines(_folder["cut/log.jsonl"], File.ReadLines(_folder["cut/log.jsonl"]).Take(2).ToArray());
        told.Clear();
        _ = ExperimentRun.Train(RunFolder.Open(_folder["cut"]), told.Add).Count();
        Assert.Equal($"{_folder["cut"]}: the log's lines after step 4 to step 10 are lost or damaged; the run goes on without them.",
            told[0]);
    }

    [Fact]
    public void A_run_left_before_its_first_checkpoint_begins_again()
    {
        _ = ExperimentRun.Train(RunFolder.Create(_folder["whole"], Ring)).Count();
        _ = ExperimentRun.Train(RunFolder.Create(_folder["run"], Ring)).Take(4).Count();
        var told = new List<string>();
        _ = ExperimentRun.Train(RunFolder.Open(_folder["run"]), told.Add).Count();
        Assert.DoesNotContain(told, line => line.Contains(_folder["run"], StringComparison.Ordinal)); // the monitor may speak
        Assert.Equal(File.ReadAllBytes(_folder["whole/log.jsonl"]), File.ReadAllBytes(_folder["run/log.jsonl"]));
        Assert.Equal(File.ReadAllBytes(_folder["whole/generator.safetensors"]), File.ReadAllBytes(_folder["run/generator.safetensors"]));
    }

    [Fact]
    public void Checkpoints_may_come_more_often_before_there_is_one()
    {
        var run = RunFolder.Create(_folder["run"], Ring.With("checkpointEvery=1000"));
        _ = ExperimentRun.Train(run).Take(8).Count();
        var oftener = run.With("cpu", 2);
        Assert.Equal(12, ExperimentRun.Train(oftener).Count());
        Assert.Equal(2, RunFolder.Open(_folder["run"]).Options.Run.CheckpointEvery);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_null_in_the_log_and_NaN_again()
    {
        var run = RunFolder.Create(_folder["run"], Ring);
        var step = ExperimentRun.Train(RunFolder.Create(_folder["other"], Ring)).Last();
        run.Log.Add(step, new WeightNorms(double.PositiveInfinity, 1));
        Assert.Contains("\"generatorWeightNorm\":null", File.ReadAllText(_folder["run/log.jsonl"]), StringComparison.Ordinal);
        Assert.Equal((double.NaN, 1.0), (run.Log.Read().Single().Weights.Generator, run.Log.Read().Single().Weights.Discriminator));
    }

    [Fact]
    public void A_device_that_is_not_there_leaves_the_run_as_it_was()
    {
        var run = RunFolder.Create(_folder["run"], Ring);
        var before = File.ReadAllText(_folder["run/run.json"]);
        Assert.Throws<ArgumentException>(() => run.With("abacus", 5));
        Assert.Equal(before, File.ReadAllText(_folder["run/run.json"]));
        Assert.Equal(7, run.With("cpu", 7).Options.Run.CheckpointEvery);
        Assert.Equal(7, RunFolder.Open(_folder["run"]).Options.Run.CheckpointEvery);
    }

    public void Dispose() => _folder.Dispose();
}
