using ResearchKit.Data.Catalog;
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
        var files = DataCatalog.Find().Sets.Where(s => s.Shipped).Sum(s => s.Files.Count);
        Assert.True(files >= 12);
        Assert.Equal(files, run.Output.Split(": intact").Length - 1);
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

    // A script in npm's place, or none; no package is fetched, and nothing is left behind.
    [Theory]
    [InlineData(null, "npm could not be started, and it fetches this package; install Node.js")]
    [InlineData("echo 'npm error code E404' >&2; echo 'npm error 404 Not Found' >&2; exit 1", "npm error 404 Not Found; check the network")]
    [InlineData("exit 1", "npm could not fetch this package: it does not say why")]
    [InlineData("echo other > emoji-datasource-google-16.0.0.tgz", "npm did not give the package emoji-datasource-google 16.0.0")]
    public void What_npm_cannot_do_is_one_error(string? npm, string problem)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for npm is a shell script");
        using var folder = new TemporaryFolder();
        var path = Directory.CreateDirectory(folder["bin"]).FullName;
        if (npm is not null && !OperatingSystem.IsWindows())
        {
            File.WriteAllText(folder["bin/npm"], $"#!/bin/sh\n{npm}\n");
            File.SetUnixFileMode(folder["bin/npm"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var run = ProgramRun.ResearchKit(Repository.Root,
            new Dictionary<string, string> { ["RESEARCHKIT_DATA"] = folder["data"], ["PATH"] = path }, "data", "fetch", "emoji-noto-64");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder["data"]));
    }

    private static ProgramRun Run(TemporaryFolder folder, params string[] arguments) =>
        ProgramRun.ResearchKit(Repository.Root, new Dictionary<string, string> { ["RESEARCHKIT_DATA"] = folder.Path },
            ["data", .. arguments]);
}
