using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Models;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Experiments.Runs;

/// <summary>Runs that go on: for more steps, from trained networks, and only with the data that they began with.</summary>
public sealed class RunExtensionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RunExtensionTests()
    {
        _folder.PutMany("data/a", 12);
        _folder.PutMany("data/b", 12, from: 100);
    }

    private ExperimentOptions Options => new ExperimentOptions().With($"data={_folder["data"]}", "conditional=true", "features=4",
        "latent=8", "batch=4", "steps=7", "logEvery=2", "gridEvery=3", "scores=losses", "checkpointEvery=3");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_finished_run_that_is_made_longer_ends_with_the_bytes_of_a_straight_one()
    {
        Train(RunFolder.Create(_folder["straight"], Options.With("steps=14")));
        Train(RunFolder.Create(_folder["run"], Options));
        Assert.True(RunFolder.Open(_folder["run"]).IsDone);
        var longer = RunFolder.Open(_folder["run"]).WithSteps(14);
        Assert.Equal((false, 14), (longer.IsDone, longer.Options.Run.Steps));
        Directory.Move(_folder["data"], _folder["moved"]); // nothing of the shorter run is lost before the longer one goes on
        Assert.ThrowsAny<Exception>(() => Train(longer));
        Assert.Equal(4, longer.Log.Read().Count());
        Assert.True(File.Exists(_folder["run/generator-before.safetensors"]));
        Directory.Move(_folder["moved"], _folder["data"]);
        Assert.Equal(7, ExperimentRun.Train(longer).Count());
        Assert.False(File.Exists(_folder["run/generator-before.safetensors"]));
        foreach (var file in (string[])["log.jsonl", "scores.jsonl", "generator.safetensors", "verdict.json"])
        {
            Assert.Equal(File.ReadAllBytes(_folder[$"straight/{file}"]), File.ReadAllBytes(_folder[$"run/{file}"]));
        }

        string[] Grids(string run) => [.. Directory.GetFiles(_folder[$"{run}/samples"]).Select(Path.GetFileName).Order()!];
        Assert.Equal(["step-000000003.png", "step-000000006.png", "step-000000009.png", "step-000000012.png", "step-000000014.png"],
            Grids("run"));
        Assert.Equal(Grids("straight"), Grids("run"));
    }

    [Fact]
    public void A_run_that_was_left_early_is_made_longer_too()
    {
        Assert.Equal(4, ExperimentRun.Train(RunFolder.Create(_folder["run"], Options)).Take(4).Count());
        Directory.Delete(_folder["run/samples"], recursive: true);
        Assert.Equal(8, ExperimentRun.Train(RunFolder.Open(_folder["run"]).WithSteps(11)).Count()); // from the checkpoint of step 3
    }

    [Fact]
    public void A_schedule_that_ends_with_the_run_keeps_it_from_being_longer_and_so_do_fewer_steps()
    {
        var run = RunFolder.Create(_folder["run"], Options.With("generatorLearningRate=cosine(1e-3, 0, 5, 2)"));
        Assert.Contains("generatorLearningRate is cosine(0.001, 0, 5, 2), which ends with the run's 7 steps",
            Assert.Throws<ArgumentException>(() => run.WithSteps(9)).Message, StringComparison.Ordinal);
        Assert.Contains("it can only be made longer", Assert.Throws<ArgumentException>(() => run.WithSteps(6)).Message,
            StringComparison.Ordinal);
        Assert.Equal(7, RunFolder.Open(_folder["run"]).Options.Run.Steps);
        var done = RunFolder.Create(_folder["done"], Options);
        Train(done);
        Directory.Delete(_folder["done/checkpoints"], recursive: true);
        BadFile.Fails(done.Path, "this run has no checkpoint any more", () => done.WithSteps(9));
        Assert.True(done.IsDone);
    }

    [Fact]
    public void Data_that_are_others_than_the_run_began_with_are_refused()
    {
        var run = RunFolder.Create(_folder["run"], Options);
        Assert.Equal(4, ExperimentRun.Train(run).Take(4).Count());
        _folder.Put("data/a/003.png", 250);
        BadFile.Fails(run.Path, "of its 24 images some are others", () => Train(RunFolder.Open(run.Path)));
        File.Delete(_folder["data/a/003.png"]);
        BadFile.Fails(run.Path, "there are 23 now, and there were 24", () => Train(RunFolder.Open(run.Path)));
        _folder.Put("data/a/003.png", 3);
        Assert.Equal(4, ExperimentRun.Train(RunFolder.Open(run.Path)).Count()); // from the checkpoint of step 3
    }

    [Fact]
    public void A_run_is_drawn_from_without_its_data()
    {
        var run = RunFolder.Create(_folder["run"], Options);
        Assert.Equal(4, ExperimentRun.Train(run).Take(4).Count());
        Directory.Delete(_folder["data"], recursive: true);
        using var generator = RunGenerator.Load(RunFolder.Open(run.Path));
        Assert.Equal(3, generator.Step);
        Assert.Equal(["a", "b"], generator.Generator.Labels!.Names);
    }

    [Fact]
    public void A_run_starts_from_the_networks_of_another_or_of_a_file()
    {
        using var scope = NewDisposeScope();
        Train(RunFolder.Create(_folder["run"], Options));
        var told = new List<string>();
        var next = RunFolder.Create(_folder["next"], Options.With("seed=9", "steps=1", "generatorLearningRate=1e-12"),
            RunGenerator.NetworksOf(_folder["run"]));
        _ = ExperimentRun.Train(next, told.Add).Count();
        Assert.Contains("G starts from 20 of 20 trained tensors.", told);
        Assert.Contains("D starts from 15 of 15 trained tensors.", told);
        using var before = GeneratorFile.Load(RunFolder.Open(_folder["run"]).GeneratorFile);
        using var after = GeneratorFile.Load(next.GeneratorFile);
        Assert.All(before.named_parameters().Zip(after.named_parameters()),
            p => Assert.True(p.First.parameter.allclose(p.Second.parameter, 0, 1e-7), p.First.name));

        // of a file there is no D; what has another shape is new
        told.Clear();
        var wider = RunFolder.Create(_folder["wider"], Options.With("conditional=false", "steps=1"),
            RunGenerator.NetworksOf(_folder["run/generator.safetensors"]));
        _ = ExperimentRun.Train(wider, told.Add).Count();
        Assert.Contains(told, t => t.Contains("G starts from 18 of 19 trained tensors; new are main.0.weight has the shape " +
            "(16, 16, 4, 4) there and (8, 16, 4, 4) here.", StringComparison.Ordinal));
        Assert.Contains(told, t => t.StartsWith("D starts from 0 of", StringComparison.Ordinal));
        File.Delete(_folder["wider/start.safetensors"]);
        Directory.Delete(_folder["wider/checkpoints"], recursive: true);
        File.Delete(_folder["wider/generator.safetensors"]);
        File.Delete(_folder["wider/log.jsonl"]);
        BadFile.Fails(_folder["wider/start.safetensors"], "the networks that the run starts from are gone or were changed",
            () => Train(RunFolder.Open(_folder["wider"])));
    }

    [Fact]
    public void What_was_never_trained_is_begun_again_with_other_options()
    {
        var first = RunFolder.Create(_folder["run"], Options.With("batch=25"));
        Assert.Throws<ArgumentException>(() => Train(first));
        Train(RunFolder.Create(_folder["run"], Options));
        BadFile.Fails(_folder["run"], "this folder holds a run already", () => RunFolder.Create(_folder["run"], Options));
    }

    [Fact]
    public void The_best_generator_by_score_is_kept()
    {
        var run = RunFolder.Create(_folder["run"], new ExperimentOptions().With("data=ring8", "samples=200", "features=4", "layers=1",
            "latent=2", "normalization=None", "batch=8", "steps=40", "scoreEvery=5", "scoreSamples=100", "scores=transport, losses",
            "generatorLearningRate=0.05", "discriminatorLearningRate=0.05"));
        byte[]? best = null;
        var least = double.PositiveInfinity;
        foreach (var _ in ExperimentRun.Train(run))
        {
            if (run.Scores.Read() is [.., var (_, scores)] && scores["wasserstein"] < least)
            {
                least = scores["wasserstein"];
                best = File.ReadAllBytes(run.BestFile);
            }
        }

        Assert.Equal(best, File.ReadAllBytes(run.BestFile));
        Assert.True(run.Scores.Read()[^1].Values["wasserstein"] > least, "the best moment must not be the last one here");
        Assert.NotEqual(best, File.ReadAllBytes(run.GeneratorFile));
    }

    [Fact]
    public void A_plan_tells_what_will_be_done_and_changes_nothing()
    {
        var told = new List<string>();
        _ = ExperimentRun.Train(RunFolder.Create(_folder["told"], Options), told.Add).Count();
        Train(RunFolder.Create(_folder["run"], Options));
        Assert.Equal(File.ReadAllBytes(_folder["run/log.jsonl"]), File.ReadAllBytes(_folder["told/log.jsonl"]));
        Assert.Equal(File.ReadAllBytes(_folder["run/generator.safetensors"]), File.ReadAllBytes(_folder["told/generator.safetensors"]));
        var plan = told[0].Split('\n');
        Assert.Equal($"data      {_folder["data"]}: 24 images to train on", plan[0]);
        Assert.Equal("size      32 x 32 pixels, colour: the middle square, scaled to 32 x 32 (fit=crop)", plan[1]);
        Assert.Equal("classes   a (12), b (12); the networks are told them", plan[2]);
        Assert.StartsWith("networks  dcgan: G has ", plan[3], StringComparison.Ordinal);
        Assert.Matches(@"^memory    \d+\.\d GB so far$", plan[4]);
        Assert.Matches(@"^time      \d+\.\d{3} s a step on cpu; 7 steps: 0:00:0\d, and scores$", plan[5]);
        Assert.Equal(told[0].Split("time")[0].Split("memory")[0], ExperimentRun.Plan(Options).Split("memory")[0]);
    }

    private static void Train(RunFolder run) => _ = ExperimentRun.Train(run).Count();
}
