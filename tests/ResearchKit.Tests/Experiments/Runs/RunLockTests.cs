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
            BadFile.Fails(_folder.Path, "is being trained by another process", () => RunLock.Hold(_folder.Path));
        }

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

    public void Dispose() => _folder.Dispose();
}
