using System.Globalization;
using System.Net;
using System.Text;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Experiments.Protocols;

/// <summary>A protocol's report as one page that needs nothing else: the table, samples of each method's first seed, and how the samples
/// fall on the modes over all seeds.</summary>
internal static class CollapsePage
{
    private const string Style = """
        :root { color-scheme: light; }
        body { margin: 0 auto; max-width: 76rem; padding: 1rem 1.2rem 3rem; background: #fff; color: #1f2328; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
        h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2rem; }
        .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .92rem; }
        th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #d0d7de; text-align: left; white-space: nowrap; } th { vertical-align: bottom; }
        .methods { display: flex; flex-wrap: wrap; gap: 1.2rem; } figure { margin: 0; width: 22rem; } figcaption { font-size: .88rem; color: #59636e; }
        figure b { display: block; } img { display: block; image-rendering: pixelated; border: 1px solid #d0d7de; max-width: 100%; }
        code { font: .9em ui-monospace, Menlo, Consolas, monospace; } li { margin: .2rem 0; }

        """;

    public static string Of(SweepResults results, string folder)
    {
        var (plan, preset) = (results.Plan, results.Plan.Preset);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
        text.Append(CultureInfo.InvariantCulture, $"<title>{Escape(preset.Name)}</title><style>\n{Style}</style></head>\n<body>\n");
        text.Append(CultureInfo.InvariantCulture, $"<h1>{Escape(preset.Title)}</h1>\n");
        Table(text, results);
        Notes(text, CollapseTable.Notes(results));
        if (results.Missing.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"<p><b>{results.Missing.Count} of {plan.Cells.Count} runs are missing.</b> The first: " +
                $"{Escape(results.Missing[0].Problem)}</p>\n");
        }

        text.Append("<h2>Samples and modes</h2>\n<div class=\"methods\">\n");
        foreach (var setting in plan.Settings)
        {
            CollapseFigure.Append(text, results, setting, folder);
        }

        text.Append("</div>\n<h2>Made by</h2>\n");
        text.Append(CultureInfo.InvariantCulture, $"<p><code>researchkit collapse</code> with the preset " +
            $"<code>{Escape(preset.Name)}</code>; every option, hash and version stands in <code>manifest.json</code>, ");
        text.Append("every run's numbers in <code>results.csv</code>.</p>\n</body></html>\n");
        return text.ToString();
    }

    internal static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static void Table(StringBuilder text, SweepResults results)
    {
        var (header, rows) = CollapseTable.Of(results);
        text.Append("<div class=\"wide\"><table>\n<tr>").AppendJoin("", header.Select(h => $"<th>{Escape(h)}</th>")).Append("</tr>\n");
        foreach (var row in rows)
        {
            text.Append("<tr>").AppendJoin("", row.Select(c => $"<td>{Escape(c)}</td>")).Append("</tr>\n");
        }

        text.Append("</table></div>\n");
    }

    private static void Notes(StringBuilder text, IReadOnlyList<string> notes)
    {
        foreach (var note in notes.Where(n => !n.StartsWith("- ", StringComparison.Ordinal)))
        {
            text.Append(CultureInfo.InvariantCulture, $"<p>{Escape(note)}</p>\n");
        }

        text.Append("<ul>\n")
            .AppendJoin("\n", notes.Where(n => n.StartsWith("- ", StringComparison.Ordinal)).Select(n => $"<li>{Escape(n[2..])}</li>"))
            .Append("\n</ul>\n");
    }
}
