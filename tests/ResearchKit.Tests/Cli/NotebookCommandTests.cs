using ResearchKit.Support;

namespace ResearchKit.Tests.Cli;

[Collection<ProgramTests>]
public class NotebookCommandTests
{
    [Theory]
    [InlineData("run", "researchkit notebook run <FILE> [options]", "--parameter <name=value>")]
    [InlineData("check", "researchkit notebook check [<FILE>...] [options]", "tolerance:0.05")]
    [InlineData("publish", "researchkit notebook publish <FILE>... [options]", "a GUID or an absolute path of this machine")]
    public void Help_is_the_hosts_and_names_the_command_that_is_typed(string command, string usage, string detail)
    {
        var run = Run(command, "--help");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(usage, run.Output, StringComparison.Ordinal);
        Assert.Contains(detail, run.Output, StringComparison.Ordinal);
        Assert.Contains($"[default: {Path.Combine("artifacts", "notebooks")}]", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("stop-at-end", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_of_all_lists_the_commands()
    {
        var run = Run("--help");
        Assert.Equal(0, run.ExitCode);
        Assert.All(["run <FILE>", "check <FILE>", "publish <FILE>", "export <FILE>", "assign <FILE>", "kernelspec"],
            c => Assert.Contains(c, run.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Required command was not provided. `researchkit notebook --help`")]
    [InlineData("Unrecognized command or argument 'fly'", "fly")]
    [InlineData("Required argument 'FILE' missing", "run")]
    [InlineData("There is no option '--fats' here", "check", "--fats", "x.ipynb")]
    [InlineData("`researchkit notebook check --help` tells more", "check", "x.ipynb", "--timeout")]
    [InlineData("--timeout must be a number of seconds above 0", "check", "x.ipynb", "--timeout", "0")]
    [InlineData("'--chart-pictures'", "run", "x.ipynb", "--chart-pictures")]
    public void A_wrong_line_is_one_sentence(string message, params string[] arguments)
    {
        var run = Run(arguments);
        run.IsOneSentence(2, message);
        Assert.Empty(run.Output);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Below_the_checkouts_folder_results_still_go_to_its_artifacts() =>
        Assert.Contains(
            $"[default: {Path.Combine("..", "artifacts", "notebooks")}]",
            ProgramRun.ResearchKit(Path.Combine(Repository.Root, "src"), null, "notebook", "run", "--help").Output,
            StringComparison.Ordinal);

    private static ProgramRun Run(params string[] arguments) => ProgramRun.ResearchKit(Repository.Root, null, ["notebook", .. arguments]);
}
