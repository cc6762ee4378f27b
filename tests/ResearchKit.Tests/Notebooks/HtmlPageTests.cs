using ResearchKit.Notebooks.Files;
using ResearchKit.Notebooks.Html;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

public class HtmlPageTests
{
    private const string Chart = """
        "application/vnd.plotly.v1+json": {
          "data": [{"type": "scatter", "x": [1, 2], "y": [3, 4]}], "layout": {"title": {"text": "</script>"}}}
        """;

    [Fact]
    public void Shows_every_kind_of_output_and_needs_no_other_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["near.png"], [1, 2, 3]);
        var page = Render(folder, $$"""
            {"cell_type": "markdown", "source": "# Title\n![near](near.png) and $x^2$\n\n| a | b |\n|---|---|\n| 1 | 2 |"},
            {"cell_type": "code", "source": "var x = \"<b>\"; // a comment", "outputs": [
              {"output_type": "stream", "name": "stdout", "text": "1 < 2"},
              {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["E: <v>"]},
              {"output_type": "display_data", "data": {"image/jpeg": "AAAA", "text/plain": "a photo"} },
              {"output_type": "display_data", "data": {"image/svg+xml": "<svg></svg>"} },
              {"output_type": "display_data", "data": {"text/html": "<i>html</i>", "text/plain": "no"} },
              {"output_type": "display_data", "data": { {{Chart}}, "image/png": "BBBB", "text/plain": "a chart"} }]}
            """);
        Assert.Contains("<title>Title</title>", page, StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64,AQID", page, StringComparison.Ordinal);
        Assert.Contains("<msup>", page, StringComparison.Ordinal);
        Assert.Contains("<table>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"s\">&quot;&lt;b&gt;&quot;</span>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"c\">// a comment</span>", page, StringComparison.Ordinal);
        Assert.Contains("1 &lt; 2", page, StringComparison.Ordinal);
        Assert.Contains("E: &lt;v&gt;", page, StringComparison.Ordinal);
        Assert.Contains("alt=\"a photo\" src=\"data:image/jpeg;base64,AAAA\"", page, StringComparison.Ordinal);
        Assert.Contains("<svg></svg>", page, StringComparison.Ordinal);
        Assert.Contains("<i>html</i>", page, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"a chart\"", page, StringComparison.Ordinal);
        Assert.Contains("\"\\u003C/script\\u003E\"", page, StringComparison.Ordinal); // a title cannot end the script
        Assert.Equal(1, page.Split("/* plotly */").Length - 1);
    }

    [Fact]
    public void Charts_get_their_images_from_a_browser()
    {
        var browser = Browser.Require();
        using var folder = new TemporaryFolder();
        var notebook = Notebook(folder, $$"""
            {"cell_type": "code", "source": "1", "outputs": [{"output_type": "display_data", "metadata": {}, "data": { {{Chart}} } }]}
            """);
        var plotly = TextFiles.ReadEmbedded("Plotly.NET.plotly-2.28.0.min.js", typeof(Plotly.NET.GenericChart).Assembly);
        ChartImages.Add(notebook, plotly, browser);
        var png = Convert.FromBase64String(((string)notebook.Cells[0].Outputs[0]!["data"]!["image/png"]!).Trim());
        Assert.Equal([0x89, 0x50, 0x4e, 0x47], png[..4]);
        Assert.True(png.Length > 3000, $"{png.Length} bytes"); // an empty image of that size has about 2000
    }

    private static string Render(TemporaryFolder folder, string cells)
    {
        HtmlPage.Write(Notebook(folder, cells), "/* plotly */", folder["page.html"]);
        return File.ReadAllText(folder["page.html"]);
    }

    private static NotebookFile Notebook(TemporaryFolder folder, string cells)
    {
        File.WriteAllText(folder["n.ipynb"], $$"""{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{{cells}}]}""");
        return NotebookFile.Read(folder["n.ipynb"]);
    }
}
