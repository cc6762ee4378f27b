using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

/// <summary>A cell cannot hurt the machine, and what the notebook showed before it is kept.</summary>
[Collection<NotebookPrograms>]
public class NotebookLimitsTests
{
    [Fact]
    public void A_cell_that_prints_for_ever_is_cut_and_ended()
    {
        using var notebook = new TinyNotebook().Write("1", "while (true) { Console.WriteLine(\"again and again\"); }");
        var run = notebook.Run("--timeout", "12");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("cell b: Timeout: the cell ran longer than 12 s", run.Error, StringComparison.Ordinal);
        Assert.Equal("1", notebook.Text("a"));
        Assert.StartsWith("again and again\n", notebook.Text("b"), StringComparison.Ordinal);
        Assert.Contains("[The cell writes more than 1,000,000 characters;", notebook.Text("b"), StringComparison.Ordinal);
        Assert.InRange(notebook.Text("b").Length, 1_000_000, 1_000_200);
    }

    [Fact]
    public void A_cell_that_takes_memory_for_ever_is_ended()
    {
        using var notebook = new TinyNotebook().Write(
            "1",
            "var all = new List<byte[]>();\nwhile (true) { var more = new byte[50_000_000]; Array.Fill(more, (byte)1); all.Add(more); }");
        var run = notebook.Run("--memory", "1.5");
        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"cell b: Limit: the cells took \d+\.\d GB of memory and may take 1\.5 \(--memory\)", run.Error);
        Assert.Equal("1", notebook.Text("a"));
        Assert.Contains("may take 1.5", notebook.Outputs("b").ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_that_starts_processes_for_ever_is_ended_with_all_of_them()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems count the cells' own process only");
        using var notebook = new TinyNotebook().Write("1", "while (true) { System.Diagnostics.Process.Start(\"sleep\", \"987654\"); }");
        var run = notebook.Run();
        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"cell b: Limit: the cells had started \d+ processes and may have 256, so all of them were ended", run.Error);
        Assert.Equal("1", notebook.Text("a"));
        Assert.DoesNotContain(System.Diagnostics.Process.GetProcessesByName("sleep"),
            p => File.ReadAllText($"/proc/{p.Id}/cmdline").Contains("987654", StringComparison.Ordinal));
    }
}
