using System.Text.Json.Nodes;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Support;
using ResearchKit.Training;

namespace ResearchKit.Tests.Experiments.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Run => _folder["run"];

    private string RunFile => Path.Combine(Run, "run.json");

    [Fact]
    public void A_new_run_is_found_again_with_its_options()
    {
        Assert.False(RunFolder.Exists(Run));
        var made = RunFolder.Create(Run, new ExperimentOptions());
        Assert.True(RunFolder.Exists(Run));
        var found = RunFolder.Open(Run);
        Assert.Equal((Run, made.Options), (found.Path, found.Options));
        Assert.Equal(new ExperimentOptions(), found.Options);
        Assert.Equal(made.FirstCheckpoint, found.FirstCheckpoint);
        Assert.Equal(ExperimentJson.Hash(made.Options), (string?)JsonNode.Parse(File.ReadAllText(RunFile))!["configuration"]);
        Assert.Equal((false, false, null), (found.IsDone, found.IsFinished, found.Divergence));
    }

    [Fact]
    public void A_folder_that_holds_a_run_takes_no_other()
    {
        RunFolder.Create(Run, new ExperimentOptions());
        File.WriteAllText(Path.Combine(Run, "log.jsonl"), "");
        var before = File.ReadAllText(RunFile);
        BadFile.Fails(Run, "holds a run already", () => RunFolder.Create(Run, new ExperimentOptions()));
        var opened = RunFolder.Create(Run, new ExperimentOptions().With("seed=1"), mayExist: true); // of two that begin at once, the second
        Assert.Equal(0, opened.Options.Trainer.Seed);
        Assert.Equal(before, File.ReadAllText(RunFile));
    }

    [Fact]
    public void A_folder_without_a_run_is_told()
    {
        BadFile.Fails(Run, "there is no run in this folder", () => RunFolder.Open(Run));
        Directory.CreateDirectory(Run);
        BadFile.Fails(Run, "there is no run in this folder", () => RunFolder.Open(Run));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"options\": {\"no-such-option\": 1}}")]
    [InlineData("{\"options\": {}, \"resumedWith\": 3}")]
    public void A_damaged_file_of_options_is_told(string content)
    {
        Directory.CreateDirectory(Run);
        File.WriteAllText(RunFile, content);
        BadFile.Fails(RunFile, "it is damaged (", () => RunFolder.Open(Run));
    }

    [Fact]
    public void The_first_checkpoint_was_due_by_the_widest_distance_that_the_run_has_had()
    {
        var first = RunFolder.Create(Run, new ExperimentOptions());
        var wider = first.FirstCheckpoint + 100;
        Assert.Equal(wider, first.With("cpu", wider).FirstCheckpoint);
        Assert.Equal(wider, RunFolder.Open(Run).With("cpu", 3).FirstCheckpoint);
        var last = RunFolder.Open(Run);
        Assert.Equal((wider, first.With("cpu", 3).Options), (last.FirstCheckpoint, last.Options));
    }

    [Fact]
    public void A_change_that_is_out_of_range_leaves_the_run_as_it_was()
    {
        var run = RunFolder.Create(Run, new ExperimentOptions());
        var before = File.ReadAllText(RunFile);
        Assert.Throws<ArgumentException>(() => run.With("cpu", -1));
        Assert.Throws<ArgumentException>(() => run.With("abacus", 3));
        Assert.Equal(before, File.ReadAllText(RunFile));
    }

    [Fact]
    public void A_divergence_is_kept_and_a_damaged_note_of_it_told()
    {
        RunFolder.Create(Run, new ExperimentOptions())
            .Ending.SetDiverged(new TrainingDivergedException(42, "the generator's loss", "Try less."));
        var run = RunFolder.Open(Run);
        Assert.Equal((42L, "the generator's loss"), (run.Divergence!.Step, run.Divergence.Quantity));
        Assert.Equal((false, true), (run.IsDone, run.IsFinished));
        var file = Path.Combine(Run, "diverged.json");
        foreach (var damaged in (string[])["", "3", "{\"step\": 42}", "{\"step\": \"many\", \"quantity\": \"x\"}"])
        {
            File.WriteAllText(file, damaged);
            BadFile.Fails(file, "it is damaged", () => _ = run.Divergence);
        }
    }

    [Fact]
    public void A_run_is_done_when_its_generator_is_there()
    {
        var run = RunFolder.Create(Run, new ExperimentOptions());
        File.WriteAllText(run.GeneratorFile, "");
        Assert.Equal((true, true), (run.IsDone, run.IsFinished));
    }

    [Fact]
    public void What_a_crash_left_half_written_goes_and_nothing_else()
    {
        var run = RunFolder.Create(Run, new ExperimentOptions());
        Directory.CreateDirectory(Path.GetDirectoryName(run.Grid(12))!);
        string[] files = [run.GeneratorFile, run.Grid(12), run.Grid(13) + ".7.part", RunFile + ".part"];
        Array.ForEach(files, f => File.WriteAllText(f, "x"));
        run.Tidy();
        Assert.Equal([true, true, false, false], files.Select(File.Exists));
        Assert.Equal("step-000000012.png", Path.GetFileName(run.Grid(12)));
    }

    public void Dispose() => _folder.Dispose();
}
