using System.Net;

namespace ResearchKit.Notebooks.Html;

/// <summary>A notebook's slides, one HTML file that needs no other: a slide for each picture, one for the claims of a cell with the tables
/// and numbers that they rest on, one for tables without a claim, and the texts that open and close the lesson. What the lesson says before
/// a picture, and the cell that made it, are the speaker's notes.</summary>
internal sealed class SlidesPage
{
    private const string ClaimMark = "✓ ";
    private static readonly string[] WholeSections = ["summary", "exercises"];

    private readonly List<string> _slides = [];
    private readonly StringBuilder _said = new();
    private readonly NotebookFile _notebook;
    private readonly bool _live;
    private string _heading;

    private SlidesPage(NotebookFile notebook, bool live) => (_notebook, _live, _heading) = (notebook, live, notebook.Title);

    /// <summary>Writes the slides, whole or not at all. Cells tagged <c>solution</c> are left out.</summary>
    /// <param name="notebook">The notebook with its outputs.</param>
    /// <param name="plotlyScript">plotly.js; without it charts are shown by the images beside them.</param>
    /// <param name="path">The file to write.</param>
    public static void Write(NotebookFile notebook, string? plotlyScript, string path)
    {
        var page = new SlidesPage(notebook, plotlyScript is not null);
        notebook.Cells.Where(c => !c.HasTag(NotebookCell.Solution)).ToList().ForEach(page.Add);
        TextFiles.Write(path, TextFiles.ReadEmbedded("slides.html")
            .Replace("{{title}}", Encode(notebook.Title), StringComparison.Ordinal)
            .Replace("{{plotly}}", HtmlPage.ScriptElement(plotlyScript), StringComparison.Ordinal)
            .Replace("{{slides}}", string.Concat(page._slides), StringComparison.Ordinal));
    }

    private void Add(NotebookCell cell)
    {
        if (cell.IsMarkdown)
        {
            Sections(cell.Source).ForEach(AddText);
        }
        else if (cell.IsCode)
        {
            var outputs = cell.Outputs.OfType<JsonObject>().ToList();
            var printed = string.Concat(outputs.Where(o => (string?)o["name"] == "stdout").Select(o => o["text"].AsText())).Split('\n');
            var claims = printed.Where(l => l.StartsWith(ClaimMark, StringComparison.Ordinal)).Select(l => l[ClaimMark.Length..]).ToList();
            var numbers = string.Join('\n', printed.Where(l => !l.StartsWith(ClaimMark, StringComparison.Ordinal))).Trim('\n');
            var shown = outputs.Select(o => o["data"]).OfType<JsonObject>().ToList();
            var tables = string.Concat(shown.Select(Table));
            var below = tables + (numbers.Length == 0 ? "" : $"<pre>{Encode(numbers)}</pre>");
            var hasSlide = claims.Count > 0 || tables.Length > 0;
            var notes = _said + $"<pre>{CSharpHighlighter.ToHtml(cell.Source)}</pre>" + (hasSlide ? "" : below);
            var before = _slides.Count;
            shown.Select(Picture).OfType<string>().ToList().ForEach(p => Slide(p, notes));
            if (hasSlide)
            {
                Slide($"<div class=\"claims\">{string.Concat(claims.Select(c => $"<p>{Encode(c)}</p>"))}</div>{below}", notes);
            }

            if (_slides.Count > before)
            {
                _said.Clear();
            }
            else
            {
                _said.Append($"<pre>{CSharpHighlighter.ToHtml(cell.Source)}</pre>").Append(HtmlPage.Outputs(cell, live: false));
            }
        }
    }

    // The lesson's opening, its summary and its exercises are shown; all other text is for the speaker.
    private void AddText((string Heading, string Text) section)
    {
        var (heading, text) = section;
        if (heading.Length > 0)
        {
            _heading = heading;
        }

        var html = HtmlPage.TextHtml(text, _notebook.Folder);
        if (_slides.Count == 0 || WholeSections.Contains(heading.ToLowerInvariant()))
        {
            Slide($"<div class=\"text\">{html}</div>", "");
        }
        else
        {
            _said.Append(html);
        }
    }

    private void Slide(string body, string notes)
    {
        var heading = _slides.Count == 0 ? $"<h1>{Encode(_heading)}</h1>" : $"<h2>{Encode(_heading)}</h2>";
        _slides.Add($"<section class=\"slide\">{heading}<div class=\"body\">{body}</div></section>\n"
            + $"<aside class=\"notes\">{notes}</aside>\n");
    }

    private string? Picture(JsonObject data)
    {
        var caption = $"<div class=\"caption\">{Encode(data["text/plain"].AsText())}</div>";
        var chart = data[NotebookText.PlotlyMimeType];
        return chart is not null && _live
            ? $"<div class=\"chart\"></div><script type=\"application/json\">{chart.ToJsonString()}</script>"
            : data["image/png"] is { } png
                ? $"<img{(chart is null ? "" : " class=\"drawn\"")} src=\"data:image/png;base64,{png.AsText().Trim()}\">{caption}"
            : null;
    }

    // Of what a cell shows as HTML, only tables are short enough for a slide.
    private static string Table(JsonObject data) =>
        data["text/html"].AsText() is var html && html.StartsWith("<table", StringComparison.Ordinal)
            ? $"<div class=\"table\">{html}</div>"
            : "";

    // A text cell falls into parts at its headings; the heading itself is the slide's.
    private static List<(string Heading, string Text)> Sections(string source)
    {
        List<(string Heading, string Text)> parts = [("", "")];
        foreach (var line in source.Split('\n'))
        {
            if (line.StartsWith('#') && line.TrimStart('#').StartsWith(' '))
            {
                parts.Add((line.TrimStart('#').Trim(), ""));
            }
            else
            {
                parts[^1] = (parts[^1].Heading, parts[^1].Text + line + "\n");
            }
        }

        return parts.FindAll(p => p.Text.Trim().Length > 0 || p.Heading.Length > 0);
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
