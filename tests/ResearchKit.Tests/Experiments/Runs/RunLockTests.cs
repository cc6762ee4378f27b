using ResearchKit.Experiments.Runs;
using ResearchKit.Support;

namespace ResearchKit.Tests.Experiments.Runs;

public sealed class RunLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_second_holder_is_refused_until_the_first_is_done()
    {
        using (RunLock.Hold(_folder.Path))
        {
            BadFile.Fails(_folder.Path, $"is being trained by another process on {Environment.MachineName} since",
                () => RunLock.Hold(_folder.Path));
            Assert.Throws<RunHeldException>(() => RunLock.Hold(_folder.Path));
            Assert.Equal(Environment.ProcessId, RunLock.Look(_folder.Path) is (true, { } holder) ? holder.Process : 0);
        }

        Assert.Equal((false, null), RunLock.Look(_folder.Path));

        Assert.Single(Directory.GetFiles(_folder.Path)); // it stays: under a new file of the same name two could hold the run
        RunLock.Hold(_folder.Path).Dispose();
    }

    [Fact]
    public async Task A_second_holder_waits_a_moment_for_the_first()
    {
        var first = RunLock.Hold(_folder.Path);
        var second = Task.Run(() => RunLock.Hold(_folder.Path));
        await Task.Delay(300);
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public void Runs_do_not_stand_in_each_others_way()
    {
        Directory.CreateDirectory(_folder["other"]);
        using var one = RunLock.Hold(_folder.Path);
        using var other = RunLock.Hold(_folder["other"]);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_sentence()
    {
        BadFile.Fails(_folder["absent"], "the run's folder cannot be written", () => RunLock.Hold(_folder["absent"]));
        Assert.False(Directory.Exists(_folder["absent"]));
    }

    [Fact]
    public void What_a_killed_process_of_this_machine_left_is_taken_at_once()
    {
        (RunHolder.Here with { Process = 1 }).Write(_folder.Path);
        Assert.False(RunLock.Look(_folder.Path).IsHeld);
        RunLock.Hold(_folder.Path, _ => Assert.Fail("nothing is to be watched")).Dispose();
        Assert.False(File.Exists(_folder["running.json"]));
    }

    // The lock of the system says nothing here, as on a file system that does not carry it from one machine to another.
    [Fact]
    public async Task A_process_of_another_machine_that_lives_keeps_the_run_and_a_dead_one_loses_it()
    {
        var beat = TimeSpan.FromSeconds(0.3);
        var other = RunHolder.Here with { Host = "node07", Job = "17_4" };
        other.Write(_folder.Path);
        Assert.True(RunLock.Look(_folder.Path).IsHeld);
        var told = new List<string>();
        var second = Task.Run(() => RunLock.Hold(_folder.Path, told.Add, 100 * beat));
        SpinWait.SpinUntil(() => told.Count > 0);
        (other with { Beats = 1 }).Write(_folder.Path);
        var error = await Assert.ThrowsAsync<RunHeldException>(() => second);
        Assert.Contains("by another process on node07 since", error.Message, StringComparison.Ordinal);
        Assert.Contains("Slurm job 17_4", error.Message, StringComparison.Ordinal);
        Assert.Contains("has not let go of the run; looking for 90 s whether it lives.", Assert.Single(told), StringComparison.Ordinal);

        using (RunLock.Hold(_folder.Path, null, beat)) // no sign of life in three beats
        {
            Assert.Equal(Environment.MachineName, RunLock.Look(_folder.Path).Holder!.Host);
        }

        File.SetLastWriteTimeUtc(Written(other), DateTime.UtcNow.AddMinutes(-5));
        Assert.False(RunLock.Look(_folder.Path).IsHeld);

        string Written(RunHolder holder)
        {
            holder.Write(_folder.Path);
            return _folder["running.json"];
        }
    }

    [Fact]
    public void Of_many_that_claim_a_run_at_once_one_gets_it()
    {
        var won = 0;
        Parallel.For(0, 16, _ => Interlocked.Add(ref won, RunHolder.Here.Claim(_folder.Path) ? 1 : 0));
        Assert.Equal(1, won);
    }

    public void Dispose() => _folder.Dispose();
}
