using ResearchKit.Experiments.Sweeps;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Sweeps;

public sealed class SlurmArrayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_script_asks_for_what_was_said_and_numbers_are_ranges()
    {
        var array = Array("my sweep", [9, 1, 2, 3, 5], new SlurmRequest
        {
            Partition = "gpu", Time = "4:00:00", Memory = "8G", Gpus = "a100:1", Cpus = 4, AtOnce = 3, Further = ["--account=x --qos=low"],
        });
        string[] lines = [.. array.Script.Split('\n').Where(l => l.StartsWith("#SBATCH ", StringComparison.Ordinal)).Select(l => l[8..])];
        Assert.Equal(
        [
            "--job-name=ring8", "--array=1-3,5,9%3", $"--output=\"{_folder["my sweep"]}/slurm-%A_%a.out\"", "--open-mode=append",
            $"--chdir={Environment.CurrentDirectory}", "--requeue", "--signal=B:USR1@120", "--partition=gpu", "--time=4:00:00", "--mem=8G",
            "--gpus=a100:1", "--cpus-per-task=4", "--account=x --qos=low",
        ], lines);
        Assert.StartsWith("#!/bin/bash\n", array.Script, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', array.Script);
    }

    [Theory]
    [InlineData("--time must be one word, as sbatch takes it, not '1 hour'", "1 hour", null)]
    [InlineData("--time must be one word, as sbatch takes it, not ''", "", null)]
    [InlineData("--sbatch takes an option of sbatch, as --sbatch=--account=NAME, not 'account=x'", null, "account=x")]
    [InlineData("--sbatch takes an option of sbatch", null, "--account=x\nrm file")]
    public void What_sbatch_cannot_take_is_refused(string problem, string? time, string? further)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            Array("s", [1], new SlurmRequest { Time = time, Further = further is null ? [] : [further] }));
        Assert.StartsWith(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_becomes_another_is_told()
    {
        Assert.False(Array("s", [1], new SlurmRequest()).Save());
        Assert.False(Array("s", [2], new SlurmRequest()).Save());
        Assert.Equal("true\ntrue\n", File.ReadAllText(_folder["s/runs.txt"]));
        File.AppendAllText(_folder["s/runs.txt"], "false\n");
        Assert.True(Array("s", [1], new SlurmRequest()).Save());
    }

    [Theory]
    [InlineData(null, "100 %\nall is done\n")]
    [InlineData("no space (slurm-7_1.out)", "100 %\nerror: no space\n\n")]
    [InlineData("no libtorch (slurm-7_1.out)", "\u001b[31merror: no libtorch\n")]
    [InlineData(null, "error: no space\nslurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-01T00:00:00 DUE TO JOB REQUEUE ***\n")]
    [InlineData("*** JOB 7 ON n1 CANCELLED AT 2026-01-01T00:00:00 DUE TO TIME LIMIT *** (slurm-7_1.out)",
        "10 %\nslurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-01T00:00:00 DUE TO TIME LIMIT ***\n")]
    public void An_error_that_ends_a_tasks_newest_output_is_its_reason(string? reason, string output)
    {
        File.WriteAllText(_folder["slurm-6_1.out"], "error: of an earlier array\n");
        File.SetLastWriteTimeUtc(_folder["slurm-6_1.out"], DateTime.UtcNow.AddHours(-1));
        File.WriteAllText(_folder["slurm-8_11.out"], "error: of another task\n");
        File.WriteAllText(_folder["slurm-7_1.out"], output);
        Assert.Equal(reason, SlurmArray.ErrorOf(_folder.Path, 1)?.Error);
        Assert.Null(SlurmArray.ErrorOf(_folder.Path, 2));
        Assert.Null(SlurmArray.ErrorOf(_folder["absent"], 1));
    }

    public void Dispose() => _folder.Dispose();

    private SlurmArray Array(string folder, int[] tasks, SlurmRequest request) =>
        new("ring8", _folder[folder], ["true", "true"], tasks, request, held: 75);
}
