using System.Diagnostics;
using System.Globalization;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

[Collection<NotebookPrograms>]
public class InterruptTests
{
    // Ends only when it is ended; the file says that it runs, and in which process.
    private const string Endless = "System.IO.File.WriteAllText(\"started\", Environment.ProcessId.ToString());\nwhile (true) { }";

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    public void A_signal_ends_the_run_and_keeps_what_ran(int signal)
    {
        Signals.Require();
        using var notebook = new TinyNotebook().Write("6 * 7", Endless);
        var run = RunAndSend(notebook, "run", signal);
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("cell b: Interrupted", run.Error, StringComparison.Ordinal);
        Assert.Contains("42", notebook.Outputs("a").ToJsonString(), StringComparison.Ordinal);
        AssertGone(notebook);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("publish")]
    public void An_interrupted_check_or_publication_leaves_the_file(string command)
    {
        Signals.Require();
        using var notebook = new TinyNotebook().Write("6 * 7", Endless).Edit(n => n["cells"]![0]!["execution_count"] = 1);
        var before = File.ReadAllBytes(notebook.File);
        var run = RunAndSend(notebook, command, Signals.Terminate);
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("42", notebook.Outputs("a").ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(notebook.File));
        AssertGone(notebook);
    }

    [Fact]
    public void When_the_runner_is_killed_its_cells_end_and_what_ran_is_on_disk()
    {
        Signals.Require();
        using var notebook = new TinyNotebook().Write("6 * 7", Endless);
        RunAndSend(notebook, "run", Signals.Kill);
        Assert.Contains("42", notebook.Outputs("a").ToJsonString(), StringComparison.Ordinal);
        AssertGone(notebook);
    }

    private static ProgramRun RunAndSend(TinyNotebook notebook, string command, int signal) => ProgramRun.ResearchKit(
        notebook.Folder,
        new Dictionary<string, string> { ["RESEARCHKIT_BROWSER"] = notebook.File }, // only looked for: there is no chart to draw
        process => SendOnceStarted(process, notebook, signal),
        "notebook", command, "tiny.ipynb", "--out", "out");

    private static void SendOnceStarted(Process process, TinyNotebook notebook, int signal)
    {
        EverythingRun.Wait(process, () => File.Exists(Started(notebook)) && new FileInfo(Started(notebook)).Length > 0);
        Signals.Send(process, signal);
    }

    private static void AssertGone(TinyNotebook notebook) =>
        Signals.AssertEnds(int.Parse(File.ReadAllText(Started(notebook)), CultureInfo.InvariantCulture));

    private static string Started(TinyNotebook notebook) => Path.Combine(notebook.Folder, "started");
}
