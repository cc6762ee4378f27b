using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public class DataCommandTests
{
    [Fact]
    public void Lists_what_is_here_and_what_can_be_fetched()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, "list");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("fashion-mnist-small", run.Output, StringComparison.Ordinal);
        Assert.Contains("researchkit data fetch fashion-mnist", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Verifies_what_ships()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, "verify");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(12, run.Output.Split(": intact").Length - 1);
        Assert.Equal(1, Run(folder, "verify", "fashion-mnist").ExitCode);
    }

    [Fact]
    public void An_unknown_set_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder, "fetch", "cats");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("error: The catalog has no data set 'cats'", run.Error, StringComparison.Ordinal);
    }

    private static ProgramRun Run(TemporaryFolder folder, params string[] arguments) =>
        ProgramRun.ResearchKit(Repository.Root, new Dictionary<string, string> { ["RESEARCHKIT_DATA"] = folder.Path },
            ["data", .. arguments]);
}
