using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Html;

/// <summary>A notebook as one HTML file that needs nothing else: pictures inside, charts alive, formulas as MathML, readable on a phone and offline.</summary>
internal static class HtmlPage
{
    private static readonly string[] PictureTypes = ["image/png", "image/jpeg", "image/gif"];

    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder().UsePipeTables().UseMathematics().UseAutoLinks().UseTaskLists().UseAutoIdentifiers().Use<MathMarkupExtension>().Build();

    /// <summary>Writes the page beside its final name and renames it.</summary>
    /// <param name="notebook">The notebook with its outputs.</param>
    /// <param name="plotlyScript">plotly.js, embedded once; null when there is no chart.</param>
    /// <param name="path">The file to write.</param>
    public static void Write(NotebookFile notebook, string? plotlyScript, string path)
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<title>").Append(WebUtility.HtmlEncode(notebook.Title)).Append("</title>\n<style>\n").Append(HtmlStyle.Text).Append("</style>\n");
        if (plotlyScript is not null)
        {
            page.Append("<script>").Append(plotlyScript.Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase)).Append("</script>\n");
        }

        page.Append("</head>\n<body>\n<main>\n");
        var folder = Path.GetDirectoryName(Path.GetFullPath(notebook.Path))!;
        foreach (var cell in notebook.Cells)
        {
            AppendCell(page, cell, folder);
        }

        page.Append("</main>\n</body>\n</html>\n");
        AtomicText.Write(path, page.ToString());
    }

    private static void AppendCell(StringBuilder page, NotebookCell cell, string folder)
    {
        if (cell.IsMarkdown)
        {
            page.Append("<section class=\"text\">\n").Append(TextHtml(cell.Source, folder)).Append("</section>\n");
        }
        else if (cell.IsCode)
        {
            page.Append($"<section class=\"code\" id=\"{WebUtility.HtmlEncode(cell.Id)}\">\n<pre><code>").Append(CSharpHighlighter.ToHtml(cell.Source)).Append("</code></pre>\n");
            foreach (var output in cell.Outputs.OfType<JsonObject>())
            {
                AppendOutput(page, output);
            }

            page.Append("</section>\n");
        }
    }

    // Pictures that lie beside the notebook travel inside the page.
    private static string TextHtml(string source, string folder)
    {
        var document = Markdig.Markdown.Parse(source, Markdown);
        foreach (var link in document.Descendants<LinkInline>().Where(l => l is { IsImage: true, Url: not null }))
        {
            var path = Path.Combine(folder, Uri.UnescapeDataString(link.Url!));
            if (!link.Url!.Contains(':', StringComparison.Ordinal) && File.Exists(path))
            {
                var type = Path.GetExtension(path).ToUpperInvariant() switch { ".SVG" => "svg+xml", ".JPG" or ".JPEG" => "jpeg", ".GIF" => "gif", _ => "png" };
                link.Url = $"data:image/{type};base64,{Convert.ToBase64String(File.ReadAllBytes(path))}";
            }
        }

        return document.ToHtml(Markdown);
    }

    private static void AppendOutput(StringBuilder page, JsonObject output)
    {
        switch ((string?)output["output_type"])
        {
            case "stream":
                page.Append($"<pre class=\"{(string?)output["name"]}\">").Append(WebUtility.HtmlEncode(Text(output["text"]))).Append("</pre>\n");
                break;
            case "error":
                var trace = string.Join('\n', ((JsonArray)output["traceback"]!).Select(l => (string?)l));
                page.Append("<pre class=\"error\">").Append(WebUtility.HtmlEncode(trace)).Append("</pre>\n");
                break;
            default:
                AppendData(page, (JsonObject)output["data"]!);
                break;
        }
    }

    private static void AppendData(StringBuilder page, JsonObject data)
    {
        var text = WebUtility.HtmlEncode(Text(data["text/plain"]));
        if (data[NotebookCell.PlotlyMimeType] is { } figure)
        {
            var json = figure.ToJsonString(); // writes < as \u003C: nothing in it can end the script
            page.Append($"<div class=\"chart\" role=\"img\" aria-label=\"{text}\"></div><script>(function (box) {{ var f = {json}; delete f.layout.width; ")
                .Append("f.config = {responsive: true, displaylogo: false}; Plotly.newPlot(box, f); })(document.currentScript.previousElementSibling);</script>\n");
        }
        else if (data["text/html"] is { } html)
        {
            page.Append("<div class=\"html\">").Append(Text(html)).Append("</div>\n");
        }
        else if (Array.Find(PictureTypes, data.ContainsKey) is { } type)
        {
            page.Append($"<img alt=\"{text}\" src=\"data:{type};base64,{Text(data[type]).Trim()}\">\n");
        }
        else if (data["image/svg+xml"] is { } svg)
        {
            page.Append(Text(svg)).Append('\n');
        }
        else
        {
            page.Append("<pre>").Append(text).Append("</pre>\n");
        }
    }

    private static string Text(JsonNode? value) => NotebookCell.TextOf(value);
}
