using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks.Exporting;

[Collection<NotebookPrograms>]
public sealed class ExportTests
{
    [Fact]
    public void Markdown_keeps_texts_code_and_outputs_and_puts_images_beside()
    {
        using var folder = new TemporaryFolder();
        var run = Export(folder, "markdown", "notebooks/13-image-to-image.ipynb");
        Assert.True(run.ExitCode == 0, run.Error);
        var text = File.ReadAllText(folder["13-image-to-image.md"]);
        Assert.StartsWith("# ", text, StringComparison.Ordinal);
        Assert.Contains("```csharp\n#r \"../artifacts/kit/ResearchKit.dll\"", text, StringComparison.Ordinal);
        Assert.Contains("```text\n", text, StringComparison.Ordinal);
        var links = text.Split("](13-image-to-image-images/").Skip(1).Select(l => l[..l.IndexOf(')', StringComparison.Ordinal)]).ToList();
        Assert.Contains("sketches.png", links); // of the lesson's text, from notebooks/images
        Assert.True(links.Count > 5);
        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(folder["13-image-to-image-images"], link)), link));
    }

    [Fact]
    public void A_page_holds_the_outputs_of_the_file_with_live_charts()
    {
        using var folder = new TemporaryFolder();
        var run = Export(folder, "html", "notebooks/06-wasserstein.ipynb", "notebooks/02-the-adversarial-game.ipynb");
        Assert.True(run.ExitCode == 0, run.Error);
        var page = File.ReadAllText(folder["06-wasserstein.html"]);
        Assert.Contains("Plotly.newPlot(box", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script src", page, StringComparison.Ordinal);
        Assert.Contains("✓", page, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["02-the-adversarial-game.html"]));
    }

    [Fact]
    public void Without_the_kit_beside_it_a_page_shows_the_images_of_the_charts()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(Repository.Root, "notebooks", "06-wasserstein.ipynb"), folder["lone.ipynb"]);
        Assert.Equal(0, Export(folder, "html", folder["lone.ipynb"], "--out", folder["page"]).ExitCode);
        var page = File.ReadAllText(Path.Combine(folder["page"], "lone.html"));
        Assert.DoesNotContain("newPlot", page, StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_said_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        var form = Export(folder, "pdf", "notebooks/00-start-here.ipynb");
        Assert.Equal(2, form.ExitCode);
        Assert.Contains("'pdf' not recognized", form.Error, StringComparison.Ordinal);
        var values = Export(folder, "html", "notebooks/00-start-here.ipynb", "-p", "steps=3");
        Assert.Equal(2, values.ExitCode);
        Assert.Contains("--to html takes no -p", values.Error, StringComparison.Ordinal);
    }

    private static ProgramRun Export(TemporaryFolder folder, string form, params string[] arguments)
    {
        string[] end = arguments.Contains("--out") ? [] : ["--out", folder.Path];
        return ProgramRun.ResearchKit(Repository.Root, null, ["notebook", "export", "--to", form, .. arguments, .. end]);
    }
}
