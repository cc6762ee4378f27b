using System.Diagnostics;
using System.Runtime.InteropServices;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

[Collection<ProgramTests>]
public partial class InterruptTests
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public void A_signal_ends_the_run_and_keeps_what_ran(int signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals are POSIX's");
        using var notebook = new TinyNotebook().Write("6 * 7", "System.IO.File.WriteAllText(\"started\", Environment.ProcessId.ToString());\nwhile (true) { }");
        var run = ProgramRun.ResearchKit(notebook.Folder, null, process => Signal(process, notebook, signal), "notebook", "run", "tiny.ipynb", "--out", "out");
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
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals are POSIX's");
        using var notebook = new TinyNotebook().Write("6 * 7", "System.IO.File.WriteAllText(\"started\", Environment.ProcessId.ToString());\nwhile (true) { }").Edit(n => n["cells"]![0]!["execution_count"] = 1);
        var before = File.ReadAllBytes(notebook.File);
        var browser = new Dictionary<string, string> { ["RESEARCHKIT_BROWSER"] = notebook.File };
        var run = ProgramRun.ResearchKit(notebook.Folder, browser, process => Signal(process, notebook, Terminate), "notebook", command, "tiny.ipynb", "--out", "out");
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("42", notebook.Outputs("a").ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(notebook.File));
        AssertGone(notebook);
    }

    [Fact]
    public void When_the_runner_is_killed_its_cells_end_and_what_ran_is_on_disk()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals are POSIX's");
        using var notebook = new TinyNotebook().Write("6 * 7", "System.IO.File.WriteAllText(\"started\", Environment.ProcessId.ToString());\nwhile (true) { }");
        ProgramRun.ResearchKit(notebook.Folder, null, process => Signal(process, notebook, 9), "notebook", "run", "tiny.ipynb", "--out", "out");
        Assert.Contains("42", notebook.Outputs("a").ToJsonString(), StringComparison.Ordinal);
        AssertGone(notebook);
    }

    private static void Signal(Process process, TinyNotebook notebook, int signal)
    {
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(notebook.Folder, "started")), TimeSpan.FromSeconds(30)), "the cell did not start");
        Assert.Equal(0, Kill(process.Id, signal));
    }

    private static void AssertGone(TinyNotebook notebook)
    {
        var id = int.Parse(File.ReadAllText(Path.Combine(notebook.Folder, "started")), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(SpinWait.SpinUntil(() => Kill(id, 0) != 0, TimeSpan.FromSeconds(10)), "the cells' process lives on");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
