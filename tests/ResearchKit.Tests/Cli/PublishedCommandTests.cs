using System.Text.Json.Nodes;
using ResearchKit.Experiments.Protocols;
using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public sealed class PublishedCommandTests
{
    [Fact]
    public void The_table_of_the_README_is_what_the_command_prints()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md")).ReplaceLineEndings("\n");
        const string Command = "researchkit published --done --score modes --markdown";
        Assert.Contains($"`{Command}`", readme, StringComparison.Ordinal);
        var printed = Run(Command.Split(' ')[1..]);
        Assert.Equal(6, printed.Split('\n').Count(line => line.StartsWith("| `", StringComparison.Ordinal)));
        Assert.Contains(printed.Trim(), readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_row_is_printed_and_written()
    {
        using var folder = new TemporaryFolder();
        var rows = PublishedRows.All();
        Assert.EndsWith($"{rows.Count} published numbers of {rows.Select(r => r.Protocol).Distinct().Count()} protocols: ours stand " +
            $"beside {rows.Count(r => r.NotRun is null)}, {rows.Count(r => r.NotRun is not null)} were not run.\n", Run("published"),
            StringComparison.Ordinal);
        Run("published", "ring8-exact", "--json", folder["rows.json"]);
        var written = JsonNode.Parse(File.ReadAllText(folder["rows.json"]))!.AsArray();
        Assert.Equal(rows.Count(r => r.Protocol == "collapse-ring8-exact"), written.Count);
        Assert.Equal((6.3, "researchkit collapse ring8 --form exact --out DIR"),
            ((double)written[0]!["published"]!["mean"]!, (string)written[0]!["command"]!));
    }

    [Theory]
    [InlineData("There is no protocol 'ring9' with a published number; there are ", "ring9")]
    [InlineData("There is no score 'FIX' with a published number; there are ", "--score", "FIX")]
    public void An_unknown_name_is_told(string problem, params string[] line)
    {
        var run = ProgramRun.ResearchKit(Repository.Root, null, ["published", .. line]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    private static string Run(params string[] line)
    {
        var run = ProgramRun.ResearchKit(Repository.Root, null, line);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Output.ReplaceLineEndings("\n");
    }
}
