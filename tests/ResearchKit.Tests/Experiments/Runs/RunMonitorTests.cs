using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Files;
using ResearchKit.Support;
using ResearchKit.Training;

namespace ResearchKit.Tests.Experiments.Runs;

public sealed class RunMonitorTests : IDisposable
{
    private static readonly ExperimentOptions Thrown = new ExperimentOptions().With("data=ring8", "samples=1000", "features=16", "layers=2",
        "latent=2", "batch=16", "steps=330", "normalization=None", "generatorLearningRate=0.1", "discriminatorLearningRate=0.1",
        "logEvery=7", "checkpointEvery=40");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_resumed_run_has_the_verdict_of_one_that_was_not_and_tells_it()
    {
        var (whole, told) = (RunFolder.Create(_folder["whole"], Thrown), new List<string>());
        Assert.Equal(330, ExperimentRun.Train(whole, told.Add).Count());
        Assert.Contains(told, t => t.StartsWith("step 56: The training has diverged since step 1: the norm of G's weights",
            StringComparison.Ordinal));
        Assert.StartsWith("The training has diverged since step 1: ", told[^1], StringComparison.Ordinal);

        var broken = RunFolder.Create(_folder["broken"], Thrown);
        Assert.Equal(131, ExperimentRun.Train(broken).Take(131).Count());
        Assert.Equal(330 - 120, ExperimentRun.Train(broken).Count());
        Assert.Equal(File.ReadAllText(whole.VerdictFile), File.ReadAllText(broken.VerdictFile));

        var judged = ExperimentRun.Judge(broken);
        Assert.Equal(GameVerdictKind.Diverging, judged.Verdict.Kind);
        Assert.Contains(judged.Verdict.Evidence, File.ReadAllText(whole.VerdictFile), StringComparison.Ordinal);
        Assert.DoesNotContain("weights went",
            ExperimentRun.Judge(broken, new() { GeneratorJump = 1000, DiscriminatorJump = 1000 }).Verdict.Evidence,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_breaks_off_keeps_its_verdict()
    {
        var run = RunFolder.Create(_folder["nan"], Thrown.With("discriminatorLearningRate=1e30"));
        var told = new List<string>();
        Assert.Throws<TrainingDivergedException>(() => ExperimentRun.Train(run, told.Add).Count());
        Assert.StartsWith("The training broke off at step ", told[^1], StringComparison.Ordinal);
        Assert.Contains("\"kind\": \"NotFinite\"", File.ReadAllText(run.VerdictFile), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_line_of_the_log_is_named()
    {
        var run = RunFolder.Create(_folder["run"], Thrown.With("steps=14"));
        _ = ExperimentRun.Train(run).Count();
        File.AppendAllText(_folder["run/log.jsonl"], "{\"step\":21}\n");
        Assert.Contains("line 3 is damaged", Assert.Throws<DataFileException>(() => ExperimentRun.Judge(run)).Message,
            StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
