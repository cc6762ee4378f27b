using System.Text.Json.Nodes;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

public class FashionNotebookTests
{
    [Fact]
    public void Runs_from_top_to_bottom_with_fast_parameters_and_gives_the_committed_kinds_of_outputs()
    {
        using var folder = new TemporaryFolder();
        var run = ProgramRun.ResearchKit(Repository.Root, null, "notebook", "check", "--fast", "notebooks/02-dcgan-fashion.ipynb", "--out", folder.Path);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("runs with steps=120", run.Output, StringComparison.Ordinal);
        Assert.Contains("notebooks/02-dcgan-fashion.ipynb: 13 cells agree, 0 differ", run.Output, StringComparison.Ordinal);
        var page = File.ReadAllText(folder["02-dcgan-fashion.html"]);
        Assert.Contains("plotly.js v2", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script src", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_committed_with_the_outputs_of_a_whole_run()
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "notebooks", "02-dcgan-fashion.ipynb")))!;
        var code = root["cells"]!.AsArray().Where(c => (string?)c!["cell_type"] == "code").ToList();
        Assert.Equal(Enumerable.Range(1, code.Count), code.Select(c => (int)c!["execution_count"]!));
        Assert.All(code, c => Assert.True(c!["source"]!.AsArray().Count <= 15, $"cell {c["id"]} is longer than 15 lines"));
        Assert.True(root["cells"]!.AsArray().Count <= 25);
        var outputs = code.SelectMany(c => c!["outputs"]!.AsArray()).ToList();
        Assert.DoesNotContain(outputs, o => (string?)o!["output_type"] == "error");
        Assert.True(outputs.Count(o => o!["data"]?["image/png"] is not null) >= 6);
        Assert.Equal(2, outputs.Count(o => o!["data"]?["application/vnd.plotly.v1+json"] is JsonObject));
        Assert.All(outputs.Where(o => o!["data"]?["application/vnd.plotly.v1+json"] is not null), o => Assert.NotNull(o!["data"]!["image/png"]));
        Assert.Contains("step  3000", root.ToJsonString(), StringComparison.Ordinal);
        Assert.True(new FileInfo(Path.Combine(Repository.Root, "notebooks", "02-dcgan-fashion.ipynb")).Length < 1_000_000);
        Assert.DoesNotContain(code, c => c!["metadata"]!["tags"]?.ToJsonString().Contains("injected", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void The_picture_in_the_README_is_the_notebooks_last_grid()
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "notebooks", "02-dcgan-fashion.ipynb")))!;
        var cell = root["cells"]!.AsArray().Single(c => (string?)c!["id"] == "samples")!;
        var picture = Convert.FromBase64String(((string)cell["outputs"]![0]!["data"]!["image/png"]!).Trim());
        Assert.Equal(picture, File.ReadAllBytes(Path.Combine(Repository.Root, "notebooks", "images", "02-dcgan-fashion.png")));
    }
}
