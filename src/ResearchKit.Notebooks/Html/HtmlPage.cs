using System.Net;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace ResearchKit.Notebooks.Html;

/// <summary>A notebook as one HTML file that needs no other and no network: images inside, live charts, formulas as MathML.</summary>
internal static class HtmlPage
{
    private static readonly string[] ImageTypes = ["image/png", "image/jpeg", "image/gif"];

    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder()
        .UsePipeTables().UseMathematics().UseAutoLinks().UseTaskLists().UseAutoIdentifiers().Use<MathMarkupExtension>().Build();

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="notebook">The notebook with its outputs.</param>
    /// <param name="plotlyScript">plotly.js, embedded once; without it charts are shown by the images beside them.</param>
    /// <param name="path">The file to write.</param>
    public static void Write(NotebookFile notebook, string? plotlyScript, string path)
    {
        var script = ScriptElement(plotlyScript);
        TextFiles.Write(path, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Encode(notebook.Title)}</title>
            <style>
            {TextFiles.ReadEmbedded("page.css")}</style>
            {script}</head>
            <body>
            <main>
            {string.Concat(notebook.Cells.Select(cell => Section(cell, notebook.Folder, plotlyScript is not null)))}</main>
            </body>
            </html>

            """);
    }

    /// <summary>plotly.js as a part of a page; nothing for null.</summary>
    internal static string ScriptElement(string? plotlyScript) => plotlyScript is null ? ""
        : $"<script>{plotlyScript.Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase)}</script>\n";

    private static string Section(NotebookCell cell, string folder, bool live)
    {
        var section = cell.IsMarkdown ? $"<section class=\"text\">\n{TextHtml(cell.Source, folder)}</section>\n"
            : cell.IsCode ? $"""
                <section class="code" id="{Encode(cell.Id)}">
                <pre><code>{CSharpHighlighter.ToHtml(cell.Source)}</code></pre>
                {Outputs(cell, live)}</section>

                """
            : "";
        return cell.HasTag(NotebookCell.Solution) ? $"<details><summary>Solution</summary>\n{section}</details>\n" : section;
    }

    /// <summary>What a code cell has shown.</summary>
    internal static string Outputs(NotebookCell cell, bool live) =>
        string.Concat(cell.Outputs.OfType<JsonObject>().Select(o => Output(o, live)));

    // Images that lie beside the notebook travel inside the page.
    internal static string TextHtml(string source, string folder)
    {
        var document = Markdig.Markdown.Parse(source, Markdown);
        foreach (var link in document.Descendants<LinkInline>().Where(l => l is { IsImage: true, Url: not null }))
        {
            var path = Path.Combine(folder, Uri.UnescapeDataString(link.Url!));
            if (!link.Url!.Contains(':', StringComparison.Ordinal) && File.Exists(path))
            {
                var type = Path.GetExtension(path).ToUpperInvariant() switch
                {
                    ".SVG" => "svg+xml",
                    ".JPG" or ".JPEG" => "jpeg",
                    ".GIF" => "gif",
                    _ => "png",
                };
                link.Url = $"data:image/{type};base64,{Convert.ToBase64String(File.ReadAllBytes(path))}";
            }
        }

        return document.ToHtml(Markdown);
    }

    private static string Output(JsonObject output, bool live) => (string?)output["output_type"] switch
    {
        "stream" => $"<pre class=\"{output["name"]}\">{Encode(output["text"].AsText())}</pre>\n",
        "error" => $"<pre class=\"error\">{Encode(string.Join('\n', output["traceback"]!.AsArray().Select(l => l.AsText())))}</pre>\n",
        _ => Data((JsonObject)output["data"]!, (int?)output["metadata"]?["image/png"]?["width"], live),
    };

    private static string Data(JsonObject data, int? width, bool live)
    {
        var text = Encode(data["text/plain"].AsText());
        var size = width is null ? "" : $"class=\"chart\" width=\"{width}\" ";
        if (live && data[NotebookText.PlotlyMimeType] is { } figure)
        {
            // ToJsonString writes < as \u003C: nothing in it can end the script.
            return $"<div class=\"chart\" role=\"img\" aria-label=\"{text}\"></div>"
                + $"<script>(function (box) {{ var f = {figure.ToJsonString()}; delete f.layout.width; "
                + "f.config = {responsive: true, displaylogo: false}; Plotly.newPlot(box, f); })"
                + "(document.currentScript.previousElementSibling);</script>\n";
        }

        return data["text/html"] is { } html ? $"<div class=\"html\">{html.AsText()}</div>\n"
            : Array.Find(ImageTypes, data.ContainsKey) is { } type
                ? $"<img {size}alt=\"{text}\" src=\"data:{type};base64,{data[type].AsText().Trim()}\">\n"
            : data["image/svg+xml"] is { } svg ? svg.AsText() + "\n"
            : $"<pre>{text}</pre>\n";
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
