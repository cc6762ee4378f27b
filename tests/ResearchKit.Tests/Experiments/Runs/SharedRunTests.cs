using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Runs;

/// <summary>A run that threads share in the places of processes.</summary>
public sealed class SharedRunTests : IDisposable
{
    private static readonly ExperimentOptions Ring = new ExperimentOptions().With("data=ring8", "samples=64", "features=4", "layers=1",
        "latent=2", "normalization=None", "batch=8", "steps=40", "logEvery=2", "checkpointEvery=30");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void One_that_is_told_to_end_leaves_a_checkpoint_of_all_and_as_many_go_on()
    {
        using var stop = new CancellationTokenSource();
        var (first, others) = Train(RunFolder.Create(_folder["run"], Ring), 2, stop);
        Assert.Equal((7, 7), (first.Steps, others.Steps));
        Assert.True(first.WasCancelled && others.WasCancelled);
        Assert.Equal(7, RunFolder.Open(_folder["run"]).Checkpoints.LastStep);

        Assert.Contains("this run is trained by 2 processes, and 1 was started: start 2 (mpirun -n 2), or begin", Assert.Throws<
            DataFileException>(() => ExperimentRun.Train(RunFolder.Open(_folder["run"])).Count()).Message, StringComparison.Ordinal);
        Assert.Contains("this run is trained by 2 processes, and 3 were started", Assert.Throws<AggregateException>(() =>
            Train(RunFolder.Open(_folder["run"]), 3, null)).InnerExceptions.OfType<DataFileException>().Single().Message,
            StringComparison.Ordinal);

        (first, others) = Train(RunFolder.Open(_folder["run"]), 2, null);
        Assert.Equal((40, 40), (first.Steps, others.Steps));
        Assert.Contains($"{_folder["run"]}: resumed after step 7 of 40.", first.Told);
        Assert.Contains($"{_folder["run"]}: 2 processes, batch 8 each: 16 samples a step.", first.Told);
        var run = RunFolder.Open(_folder["run"]);
        Assert.True(run.IsDone);
        Assert.Equal(40 * 16 / 64.0, run.Log.Read().Last().Step.Epoch, 1e-9);
        (first, others) = Train(run, 2, null); // done already
        Assert.Equal((0, 0), (first.Steps, others.Steps));
    }

    public void Dispose() => _folder.Dispose();

    private static ((long Steps, bool WasCancelled, List<string> Told) First, (long Steps, bool WasCancelled, List<string> Told) Other)
        Train(RunFolder run, int count, CancellationTokenSource? stopAtSeven)
    {
        var ends = ThreadGroup.Run(count, group =>
        {
            var (step, told) = (0L, new List<string>());
            try
            {
                foreach (var report in group.Rank == 0 ? ExperimentRun.Train(run, told.Add, group: group)
                    : SharedRun.Follow(group, stopAtSeven?.Token ?? default))
                {
                    step = report.Step;
                    if (step == 7 && group.Rank == 1)
                    {
                        stopAtSeven?.Cancel();
                    }
                }

                return (step, false, told);
            }
            catch (OperationCanceledException) when (step > 0)
            {
                return (step, true, told);
            }
        });
        return (ends[0], ends[1]);
    }
}
