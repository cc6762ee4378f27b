using System.Text.Json.Nodes;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

[Collection<NotebookPrograms>]
public class NotebookPublishTests
{
    [Fact]
    public void Writes_the_outputs_into_the_file_and_twice_the_same()
    {
        using var notebook = new TinyNotebook().Write("Console.WriteLine($\"{1.5} {new DateTime(2026, 3, 1):d}\");", "42").Edit(n =>
        {
            n["cells"]![0]!["metadata"]!["execution"] = new JsonObject { ["iopub.status.busy"] = "2026-01-01T00:00:00Z" };
            n["cells"]![1]!["metadata"]!["ExecuteTime"] = new JsonObject { ["end_time"] = "2026-01-01T00:00:00Z" };
            n["metadata"]!["papermill"] = new JsonObject { ["duration"] = 3.2 };
            n["metadata"]!["authors"] = new JsonArray("somebody");
        });
        var run = notebook.Publish();
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var first = File.ReadAllText(notebook.File);
        Assert.Contains("1.5 03/01/2026", first, StringComparison.Ordinal);
        Assert.Contains("somebody", first, StringComparison.Ordinal);
        Assert.DoesNotContain("ExecuteTime", first, StringComparison.Ordinal);
        Assert.DoesNotContain("iopub", first, StringComparison.Ordinal);
        Assert.DoesNotContain("papermill", first, StringComparison.Ordinal);
        Assert.Contains("42", notebook.Html(), StringComparison.Ordinal);
        Assert.Equal(0, notebook.Publish().ExitCode);
        Assert.Equal(first, File.ReadAllText(notebook.File));
    }

    [Theory]
    [InlineData("Console.WriteLine(Guid.NewGuid());", "tiny.ipynb: cell b: an output holds ")]
    [InlineData("Guid.NewGuid().ToString(\"N\").DisplayAs(\"text/html\");", "a GUID")]
    [InlineData("System.IO.Path.GetFullPath(\"x.txt\")", "of this machine; print a relative path")]
    [InlineData("display(new string('x', 1_500_000), \"text/plain\");", "at most 1500000 are committed")]
    [InlineData("\"{\\\"data\\\": []}\".DisplayAs(\"application/vnd.plotly.v1+json\");", "bring no plotly.js")]
    [InlineData("throw new Exception(\"no\");", "Exception: no")]
    public void What_cannot_be_committed_leaves_the_file_byte_for_byte(string cell, string message)
    {
        using var notebook = new TinyNotebook().Write("1", cell);
        var before = File.ReadAllBytes(notebook.File);
        var run = notebook.Publish();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains("tiny.ipynb was not changed", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(notebook.File));
        Assert.Equal("1", notebook.Text("a"));
    }

    [Fact]
    public void A_file_that_was_changed_meanwhile_is_kept()
    {
        using var notebook = new TinyNotebook().Write("System.IO.File.AppendAllText(\"tiny.ipynb\", \"\\n\");");
        var before = File.ReadAllText(notebook.File);
        var run = notebook.Publish();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the file was changed while its cells ran", run.Error, StringComparison.Ordinal);
        Assert.Equal(before + "\n", File.ReadAllText(notebook.File));
    }

    [Fact]
    public void Without_a_browser_nothing_runs()
    {
        using var notebook = new TinyNotebook().Write("1");
        var run = notebook.Publish(browser: "nowhere");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("RESEARCHKIT_BROWSER names nowhere, and there is no such file", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(notebook.Folder, "out")));
    }

    [Fact]
    public void Parameters_are_refused()
    {
        using var notebook = new TinyNotebook().Write("tag:parameters\nint x = 1;");
        var run = notebook.Command("publish", "-p", "x=2");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("publish takes no -p", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chart_gets_an_image_that_a_check_does_not_ask_for()
    {
        Browser.Require();
        var kit = Path.Combine(Repository.Root, "artifacts", "kit", "ResearchKit.Interactive.dll").Replace('\\', '/');
        using var notebook = new TinyNotebook().Write(
            $"#r \"{kit}\"\nusing ResearchKit.Interactive;\nKit.Start();",
            "Plotly.NET.CSharp.Chart.Line<double, double, string>(x: new[] { 1.0, 2 }, y: new[] { 3.0, 4 })");
        var run = notebook.Command("publish");
        Assert.True(run.ExitCode == 0, run.Error);
        var output = JsonNode.Parse(File.ReadAllText(notebook.File))!["cells"]![1]!["outputs"]![0]!;
        var data = output["data"]!;
        using var image = SkiaSharp.SKBitmap.Decode(Convert.FromBase64String((string)data["image/png"]!));
        Assert.True(image.Width > 600);
        Assert.Equal(image.Width, 2 * (int)output["metadata"]!["image/png"]!["width"]!); // two pixels for one of the chart's
        Assert.Equal(SkiaSharp.SKColors.White, image.GetPixel(0, 0));
        Assert.True(image.Pixels.Distinct().Count() is > 4 and <= 256, "the image has a palette"); // white, line, grid, letters
        Assert.Contains(": 2 cells agree, 0 differ", notebook.Command("check").Output, StringComparison.Ordinal);
        notebook.Edit(n => n["cells"]![1]!["outputs"]![0]!["data"]!["application/vnd.plotly.v1+json"]!["data"]![0]!["y"]![1] = 5);
        const string difference = "cell b differs: application/vnd.plotly.v1+json.data[0].y[1]: committed 5, got 4";
        Assert.Contains(difference, notebook.Command("check").Output, StringComparison.Ordinal);
    }
}
