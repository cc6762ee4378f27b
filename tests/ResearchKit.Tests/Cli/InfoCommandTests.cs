using ResearchKit.Runtime;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public class InfoCommandTests
{
    // The time to the first tensor is measured by `ResearchKit.Benchmarks first-tensor`. What would spend it is TorchSharp's own loader,
    // which runs where ours did not come first, and copies half a gigabyte beside the program.
    [Fact]
    public void Loads_libtorch_from_where_it_lies_and_says_so()
    {
        var run = ProgramRun.ResearchKit(Repository.Root, null, "info");
        Assert.Equal(0, run.ExitCode);
        var libtorch = NativeRuntime.EnsureLoaded().LibtorchFolder;
        Assert.Contains(libtorch, run.Output, StringComparison.Ordinal);
        if (!libtorch.StartsWith(Path.GetDirectoryName(ProgramRun.Binaries)!, StringComparison.Ordinal))
        {
            Assert.Empty(Directory.GetFiles(ProgramRun.Binaries, "*torch_cpu*", SearchOption.AllDirectories));
        }
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
