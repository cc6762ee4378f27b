using System.Diagnostics;
using ResearchKit.Runtime;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public class InfoCommandTests
{
    // The time to the first tensor is measured by `ResearchKit.Benchmarks first-tensor`; this bound only catches a loader that copies half
    // a gigabyte first.
    [Fact]
    public void Loads_libtorch_and_says_where_from_within_seconds()
    {
        var watch = Stopwatch.StartNew();
        var run = ProgramRun.ResearchKit(Repository.Root, null, "info");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(NativeRuntime.EnsureLoaded().LibtorchFolder, run.Output, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Help_needs_no_libtorch()
    {
        var run = ProgramRun.ResearchKit(Repository.Root, new Dictionary<string, string> { ["RESEARCHKIT_LIBTORCH"] = "nowhere" },
            "--help");
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void A_wrong_folder_is_one_readable_error()
    {
        var run = ProgramRun.ResearchKit(Repository.Root, new Dictionary<string, string> { ["RESEARCHKIT_LIBTORCH"] = "nowhere" }, "info");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("RESEARCHKIT_LIBTORCH: nowhere (no such folder)", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }
}
