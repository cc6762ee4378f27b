using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Experiments.Protocols;

/// <summary>A protocol's report as one page that needs nothing else: the table, samples of each method's first seed, and how the samples
/// fall on the modes over all seeds.</summary>
internal static class CollapsePage
{
    private const string Style = """
        :root { color-scheme: light; }
        body { margin: 0 auto; max-width: 76rem; padding: 1rem 1.2rem 3rem; background: #fff; color: #1f2328;
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
        h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2rem; }
        .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .92rem; }
        th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #d0d7de; text-align: left; white-space: nowrap; }
        th { vertical-align: bottom; } .methods { display: flex; flex-wrap: wrap; gap: 1.2rem; }
        figure { margin: 0; width: 22rem; } figcaption { font-size: .88rem; color: #59636e; } figure b { display: block; }
        img { display: block; image-rendering: pixelated; border: 1px solid #d0d7de; max-width: 100%; }
        code { font: .9em ui-monospace, Menlo, Consolas, monospace; } li { margin: .2rem 0; }

        """;

    public static string Of(SweepResults results, string folder)
    {
        var (plan, preset) = (results.Plan, results.Plan.Preset);
        var (header, rows) = CollapseTable.Of(results);
        var (items, sentences) = Split(CollapseTable.Notes(results));
        var missing = results.Missing.Count == 0 ? "" : $"""
            <p><b>{results.Missing.Count} of {plan.Cells.Count} runs are missing.</b> The first: {Escape(results.Missing[0].Problem)}</p>

            """;
        return $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>{Escape(preset.Name)}</title>
            <style>
            {Style}</style></head>
            <body>
            <h1>{Escape(preset.Title)}</h1>
            <div class="wide"><table>
            <tr>{All(header, "<th>", "</th>")}</tr>
            {string.Join('\n', rows.Select(row => $"<tr>{All(row, "<td>", "</td>")}</tr>"))}
            </table></div>
            {All(sentences, "<p>", "</p>\n")}<ul>
            {All(items, "<li>", "</li>\n")}</ul>
            {missing}<h2>Samples and modes</h2>
            <div class="methods">
            {string.Concat(plan.Settings.Select(setting => CollapseFigure.Of(results, setting, folder)))}</div>
            <h2>Made by</h2>
            <p><code>researchkit collapse</code> with the preset <code>{Escape(preset.Name)}</code>; every option, hash and version
            stands in <code>manifest.json</code>, every run's numbers in <code>results.csv</code>.</p>
            </body></html>

            """;
    }

    private static string All(IEnumerable<string> cells, string before, string after) =>
        string.Concat(cells.Select(cell => before + Escape(cell) + after));

    private static string Escape(string text) => CollapseFigure.Escape(text);

    // Deviations are a list, the rest are sentences.
    private static (IEnumerable<string> Items, IEnumerable<string> Sentences) Split(IReadOnlyList<string> notes) =>
        (notes.Where(IsItem).Select(n => n[2..]), notes.Where(n => !IsItem(n)));

    private static bool IsItem(string note) => note.StartsWith("- ", StringComparison.Ordinal);
}
