using System.Text.Json.Nodes;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

[Collection<NotebookPrograms>]
public class NotebookCheckTests
{
    [Fact]
    public void What_publish_wrote_agrees_every_time_and_the_file_stays()
    {
        using var notebook = Published(
            "Console.WriteLine(1.25);",
            "tag:compare:kind\nEnvironment.ProcessId",
            "tag:raises-exception\nthrow new Exception(\"on purpose\");");
        var before = File.ReadAllBytes(notebook.File);
        for (var i = 0; i < 2; i++)
        {
            var run = notebook.Command("check");
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.Matches(@"\ntiny\.ipynb: 3 cells agree, 0 differ \(\d+ s\)\n$", run.Output.ReplaceLineEndings("\n"));
        }

        Assert.Equal(before, File.ReadAllBytes(notebook.File));
        Assert.Contains("<pre class=\"stdout\">1.25", notebook.Html(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_that_differs_is_one_line_with_both_sides_and_the_tolerance()
    {
        using var notebook = Published("Console.WriteLine(\"loss 0.5\");", "7", "tag:tolerance:0.05\nConsole.WriteLine(\"at 1.00\");");
        notebook.Edit(n => Replace(n, 0, "loss 0.5", "loss 0.4")).Edit(n => Replace(n, 2, "1.00", "1.10"));
        var run = notebook.Command("check");
        Assert.Equal(1, run.ExitCode);
        const string first = "tiny.ipynb: cell a differs: stdout, line 1: committed \"loss 0.4\", got \"loss 0.5\" (tolerance 1E-06)";
        Assert.Contains(first, run.Output, StringComparison.Ordinal);
        Assert.Contains("tiny.ipynb: 2 cells agree, 1 differ (", run.Output, StringComparison.Ordinal);
        Assert.Equal("loss 0.5\n", notebook.Text("a"));
        notebook.Edit(n => Replace(n, 2, "1.10", "1.20"));
        const string third = "cell c differs: stdout, line 1: committed \"at 1.20\", got \"at 1.00\" (tolerance 0.05)";
        Assert.Contains(third, notebook.Command("check").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_cell_fails_the_check_and_what_ran_before_it_is_compared()
    {
        using var notebook = Published("var x = 1;\nx", "x", "3").Edit(n =>
        {
            n["cells"]![0]!["source"] = "var x = 2;\nx";
            n["cells"]![1]!["source"] = "throw new Exception(\"no\");";
        });
        var run = notebook.Command("check");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("tiny.ipynb: cell b, line 1: Exception: no", run.Error, StringComparison.Ordinal);
        Assert.Contains("cell a differs: text/plain, line 1: committed \"1\", got \"2\"", run.Output, StringComparison.Ordinal);
        Assert.Contains("tiny.ipynb: 0 cells agree, 1 differ, 1 failed, 1 did not run (", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tolerance:", "has the tag 'tolerance:'; write tolerance: with a number above 0")]
    [InlineData("tolerance:0,05", "'tolerance:0,05'")]
    [InlineData("tolerance:-1", "'tolerance:-1'")]
    [InlineData("tolerance:0", "'tolerance:0'")]
    [InlineData("compare:kinds", "or compare:kind")]
    [InlineData("compare:kind|tolerance:1", "has the tags 'compare:kind' and 'tolerance:1'; keep one of them")]
    public void A_malformed_tag_is_refused_before_anything_runs(string tags, string message)
    {
        using var notebook = new TinyNotebook().Write("1", "2").Edit(n =>
            n["cells"]![1]!["metadata"]!["tags"] = new JsonArray([.. tags.Split('|').Select(t => (JsonNode)t)]));
        foreach (var run in new[] { notebook.Command("check"), notebook.Publish() })
        {
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("error: tiny.ipynb: cell b has the tag", run.Error, StringComparison.Ordinal);
            Assert.Contains(message, run.Error, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(Path.Combine(notebook.Folder, "out")));
    }

    [Fact]
    public void Fast_runs_with_the_notebooks_own_values_and_compares_kinds()
    {
        using var notebook = new TinyNotebook().Write("tag:parameters\nint steps = 100;", "Console.WriteLine(steps);")
            .Edit(n => n["metadata"]!["researchkit"] = JsonNode.Parse("""{"fast": {"steps": 3}}"""));
        Assert.Equal(0, notebook.Publish().ExitCode);
        Assert.Equal(3, (int)JsonNode.Parse(File.ReadAllText(notebook.File))!["metadata"]!["researchkit"]!["fast"]!["steps"]!);
        var run = notebook.Command("check", "--fast");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("3\n", notebook.Text("b"));
        Assert.Contains("tiny.ipynb: runs with steps=3; only the kinds of outputs are compared", run.Output, StringComparison.Ordinal);
        Assert.Contains("tiny.ipynb: 2 cells agree, 0 differ", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, notebook.Command("check").ExitCode);
        Assert.Equal("100\n", notebook.Text("b"));
        notebook.Edit(n => n["cells"]![1]!["outputs"]!.AsArray().Clear());
        const string difference = "cell b differs: stdout: committed nothing, got \"3\" (only kinds are compared)";
        Assert.Contains(difference, notebook.Command("check", "--fast").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Fast_without_fast_values_compares_in_full()
    {
        using var notebook = Published("Console.WriteLine(1);").Edit(n => Replace(n, 0, "1", "2"));
        Assert.Equal(1, notebook.Command("check", "--fast").ExitCode);
    }

    [Theory]
    [InlineData("""{"fast": {"stepps": 3}}""", "researchkit.fast stepps=3: the notebook has no parameter 'stepps'. It has: steps")]
    [InlineData("""{"fast": {"steps": [3]}}""", "researchkit.fast.steps is [3]; it must be a number")]
    [InlineData("""{"fast": 3}""", "is malformed; write \"researchkit\": {\"fast\": {\"steps\": 120}}")]
    public void Malformed_fast_values_are_refused_before_anything_runs(string entry, string message)
    {
        using var notebook = new TinyNotebook().Write("tag:parameters\nint steps = 100;")
            .Edit(n => n["metadata"]!["researchkit"] = JsonNode.Parse(entry));
        var run = notebook.Command("check", "--fast");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("tiny.ipynb: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_notebook_that_never_ran_has_nothing_to_compare_with()
    {
        using var notebook = new TinyNotebook().Write("1");
        var run = notebook.Command("check");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("tiny.ipynb has no outputs to compare with; run `researchkit notebook publish tiny.ipynb`.", run.Error.Trim());
        Assert.Equal("", run.Output);
    }

    [Fact]
    public void Without_files_every_notebook_of_the_folder_is_checked()
    {
        using var notebook = Published("1");
        var none = ProgramRun.ResearchKit(notebook.Folder, null, "notebook", "check");
        Assert.Contains("There is no notebook in ./notebooks", none.Error, StringComparison.Ordinal);
        var folder = Directory.CreateDirectory(Path.Combine(notebook.Folder, "notebooks")).FullName;
        File.Copy(notebook.File, Path.Combine(folder, "b.ipynb"));
        File.Copy(notebook.File, Path.Combine(folder, "a.ipynb"));
        var run = ProgramRun.ResearchKit(notebook.Folder, null, "notebook", "check");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"{Path.Combine("notebooks", "a.ipynb")}: 1 cells agree", run.Output, StringComparison.Ordinal);
        Assert.Contains($"{Path.Combine("notebooks", "b.ipynb")}: 1 cells agree", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(notebook.Folder, "artifacts", "notebooks", "b.html")));
    }

    [Fact]
    public void An_executed_copy_never_falls_on_a_notebook_or_another_copy()
    {
        using var notebook = Published("1");
        var before = File.ReadAllText(notebook.File);
        var own = ProgramRun.ResearchKit(notebook.Folder, null, "notebook", "check", "tiny.ipynb", "--out", ".");
        Assert.Equal(2, own.ExitCode);
        Assert.Contains("--out . is the folder of tiny.ipynb itself", own.Error, StringComparison.Ordinal);
        var twice = notebook.Command("check", "out/tiny.ipynb");
        Assert.Equal(2, twice.ExitCode);
        Assert.Contains("tiny.ipynb and out/tiny.ipynb would both be written to", twice.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(notebook.File));
    }

    private static TinyNotebook Published(params string[] cells)
    {
        var notebook = new TinyNotebook().Write(cells);
        var run = notebook.Publish();
        Assert.True(run.ExitCode == 0, run.Error);
        return notebook;
    }

    private static void Replace(JsonObject notebook, int cell, string old, string now)
    {
        var outputs = notebook["cells"]![cell]!["outputs"]!.ToJsonString();
        Assert.Contains(old, outputs, StringComparison.Ordinal);
        notebook["cells"]![cell]!["outputs"] = JsonNode.Parse(outputs.Replace(old, now, StringComparison.Ordinal));
    }
}
