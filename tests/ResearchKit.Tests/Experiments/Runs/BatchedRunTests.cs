using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Support;
using SkiaSharp;

namespace ResearchKit.Tests.Experiments.Runs;

/// <summary>Runs that are trained as one, each into its own folder.</summary>
public sealed class BatchedRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void An_interrupted_batch_leaves_nothing_that_looks_done_and_begins_anew_to_the_same_bytes()
    {
        var whole = Runs("whole");
        Assert.Equal(40, BatchedRun.Train(whole).Count());
        Assert.All(whole, run => Assert.True(RunFolder.Open(run.Path).IsDone));
        Assert.All(whole, run => Assert.Equal([40L], run.Scores.Read().Select(s => s.Step)));
        Assert.NotEqual(File.ReadAllBytes(whole[0].GeneratorFile), File.ReadAllBytes(whole[1].GeneratorFile));

        var broken = Runs("broken");
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var step in BatchedRun.Train(broken, cancellation: stop.Token))
            {
                if (step.Step == 30)
                {
                    Assert.Equal(30, broken[1].Log.LastStep);
                    stop.Cancel();
                }
            }
        });
        Assert.All(broken, run => Assert.True(!run.IsFinished && run.Log.LastStep is null));

        Assert.Equal(30, BatchedRun.Train(broken).Take(30).Count()); // as if it was killed
        Assert.Equal(40, BatchedRun.Train(broken).Count());
        foreach (var (one, other) in whole.Zip(broken))
        {
            Assert.Equal(File.ReadAllBytes(one.GeneratorFile), File.ReadAllBytes(other.GeneratorFile));
            Assert.Equal(File.ReadAllText(Path.Combine(one.Path, "log.jsonl")), File.ReadAllText(Path.Combine(other.Path, "log.jsonl")));
        }

        var left = Runs("left");
        Assert.Equal(30, BatchedRun.Train(left).Take(30).Count());
        Assert.Equal(40, ExperimentRun.Train(left[0], withPlan: false).Count()); // by itself: from its first step
        Assert.True(left[0].IsDone);
    }

    [Fact]
    public void Runs_that_diverge_say_so_in_their_folders()
    {
        var runs = Runs("diverged", "generatorLearningRate=1e30", "discriminatorLearningRate=1e30");
        Assert.InRange(BatchedRun.Train(runs).Count(), 1, 39);
        Assert.All(runs, run => Assert.True(RunFolder.Open(run.Path) is { IsDone: false, Divergence.Step: > 0 and < 11 }));
    }

    [Fact]
    public void Images_leave_what_their_single_runs_leave_but_checkpoints()
    {
        var options = PresetCatalog.Find("collapse-stacked-digits-quick").Options.With("features=4", "batch=8", "samples=64", "steps=6",
            "gridEvery=3", "scoreEvery=6", "scoreSamples=100", "logEvery=2", "latent=8");
        var together = Enumerable.Range(0, 2).Select(seed => RunFolder.Create(_folder[$"together/{seed}"],
            options.With($"seed={seed}"))).ToList();
        var single = RunFolder.Create(_folder["single"], options.With("seed=1"));
        Assert.Equal(6, BatchedRun.Train(together).Count());
        Assert.Equal(6, ExperimentRun.Train(single, withPlan: false).Count());
        Assert.Equal(Files(single), Files(together[1]));
        Assert.Contains("samples/step-000000003.png", Files(together[0]));
        using var expected = SKBitmap.Decode(single.Grid(6));
        using var actual = SKBitmap.Decode(together[1].Grid(6));
        Assert.All(expected.Bytes.Zip(actual.Bytes), p => Assert.InRange(p.First - p.Second, -1, 1));

        static List<string> Files(RunFolder run) => [.. Directory.EnumerateFiles(run.Path, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(run.Path, f).Replace('\\', '/'))
            .Where(f => !f.StartsWith("checkpoints/", StringComparison.Ordinal))
            .Select(f => f.StartsWith("events/", StringComparison.Ordinal) ? "events" : f).Order(StringComparer.Ordinal)];
    }

    public void Dispose() => _folder.Dispose();

    private List<RunFolder> Runs(string name, params string[] changes) => [.. Enumerable.Range(0, 2).Select(seed => RunFolder.Create(
        _folder[$"{name}/seed-{seed}"], PresetCatalog.Find("ring8").Options.With(["features=8", "batch=16", "samples=500", "steps=40",
            "scoreSamples=500", "logEvery=10", "checkpointEvery=5", .. changes, $"seed={seed}"])))];
}
