using System.Text.Json.Nodes;

namespace ResearchKit.Interactive;

// Figures beside each other.
public sealed partial class Figure
{
    private const double ColumnGap = 0.07;
    private const double RowPixels = 300;
    private const double RowGapPixels = 55; // tick labels and the next panel's title
    private const double LinePixels = 22; // of a title or a legend
    private const double SideMargins = 160; // plotly.js's own

    /// <summary>Small multiples: figures with x and y axes as the panels of one, each under its own title; a name in several legends stands
    /// once, and has one colour where the panels do not say which.</summary>
    /// <param name="title">The title above all.</param>
    /// <param name="columns">Panels a row, at least 1.</param>
    /// <param name="panels">The figures, not animated.</param>
    /// <exception cref="ArgumentException">There is no panel, or one is animated.</exception>
    public static Figure SideBySide(string title, int columns, params Figure[] panels)
    {
        RequireSome(panels, nameof(panels));
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (Array.Find(panels, p => p._json["frames"] is not null) is { } animated)
        {
            throw new ArgumentException($"An animated figure cannot be a panel: {animated.Caption}.", nameof(panels));
        }

        columns = Math.Min(columns, panels.Length);
        var rows = (panels.Length + columns - 1) / columns;
        double width = Math.Max(500, 340 * columns);
        var titleLines = Wrapped(title, (int)(width / 9));
        var above = 90 + (LinePixels * (titleLines.Count - 1));
        var below = 70 + (LinePixels * (LegendLines(panels, width - SideMargins) - 1));
        var square = Array.TrueForAll(panels, p => p.YAxis["scaleanchor"] is not null); // maps leave room free in higher rows
        var panelWidth = (width - SideMargins) * (1 - ColumnGap * (columns - 1)) / columns;
        var height = (square ? Math.Min(RowPixels, panelWidth) : RowPixels) * rows + RowGapPixels * (rows - 1);
        var layout = new JsonObject
        {
            ["title"] = Text(string.Join("<br>", titleLines)),
            ["width"] = width, ["height"] = above + below + height,
            ["legend"] = new JsonObject { ["orientation"] = "h", ["x"] = 0, ["y"] = 0, ["yref"] = "container" }, // a colour bar is right
            ["margin"] = new JsonObject { ["t"] = above, ["b"] = below },
        };
        var (traces, titles, names) = (new JsonArray(), new JsonArray(), new Dictionary<string, int>());
        foreach (var (i, panel) in panels.Index())
        {
            var suffix = i == 0 ? "" : $"{i + 1}";
            var (x, y) = (Domain(i % columns, columns, ColumnGap), Domain(rows - 1 - i / columns, rows, RowGapPixels / height));
            foreach (var trace in panel.Traces.Select(t => t!.DeepClone().AsObject()))
            {
                Place(trace, suffix, names);
                traces.Add((JsonNode)trace);
            }

            var source = panel.Layout;
            layout[$"xaxis{suffix}"] = PanelAxis(source["xaxis"], x, "y" + suffix, suffix, withTitle: i + columns >= panels.Length);
            layout[$"yaxis{suffix}"] = PanelAxis(source["yaxis"], y, "x" + suffix, suffix, withTitle: i % columns == 0);
            layout["barmode"] ??= source["barmode"]?.DeepClone();
            titles.Add((JsonNode)new JsonObject
            {
                ["text"] = (string?)source["title"]?["text"] ?? "", ["showarrow"] = false, ["font"] = new JsonObject { ["size"] = 14 },
                ["x"] = (x.From + x.To) / 2, ["xref"] = "paper", ["xanchor"] = "center",
                ["y"] = y.To, ["yref"] = "paper", ["yanchor"] = "bottom",
            });
        }

        layout["annotations"] = titles;
        return new Figure(traces, layout, $"{title}: {string.Join("; ", panels.Select(p => p.Caption))}");
    }

    /// <summary>Gives all panels of figures side by side one range of x and one of y, so that they can be compared.</summary>
    /// <returns>This figure.</returns>
    /// <exception cref="InvalidOperationException">The figure has not several panels.</exception>
    public Figure WithSharedScales()
    {
        string[] others =
            [.. Layout.Select(entry => entry.Key).Where(k => k.Length > 5 && k[1..].StartsWith("axis", StringComparison.Ordinal))];
        if (others.Length == 0)
        {
            throw new InvalidOperationException($"Scales are shared by several panels; {Caption} has one.");
        }

        foreach (var axis in others)
        {
            Layout[axis]!["matches"] = axis[..1];
        }

        return this;
    }

    // plotly.js cuts a title that is too long.
    private static List<string> Wrapped(string text, int most)
    {
        List<string> lines = [""];
        foreach (var word in text.Split(' '))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + word.Length > most)
            {
                lines.Add("");
            }

            lines[^1] += (lines[^1].Length > 0 ? " " : "") + word;
        }

        return lines;
    }

    // A legend in several lines needs room below the axes. A name's width is estimated: a symbol and its gaps, and a usual letter's width.
    private static int LegendLines(Figure[] panels, double width)
    {
        var (lines, used) = (1, 0.0);
        var names = panels.SelectMany(p => p.Traces).Where(t => (bool?)t!["showlegend"] != false).Select(t => (string?)t!["name"]);
        foreach (var name in names.OfType<string>().Where(n => n.Length > 0).Distinct())
        {
            var wide = 45 + (6.5 * name.Length);
            (lines, used) = used > 0 && used + wide > width ? (lines + 1, wide) : (lines, used + wide);
        }

        return lines;
    }

    private static (double From, double To) Domain(int index, int count, double gap)
    {
        var size = (1 - gap * (count - 1)) / count;
        return (index * (size + gap), index * (size + gap) + size);
    }

    private static void Place(JsonObject trace, string suffix, Dictionary<string, int> names)
    {
        (trace["xaxis"], trace["yaxis"]) = ("x" + suffix, "y" + suffix);
        if ((string?)trace["type"] is "heatmap" or "contour")
        {
            trace["showscale"] = (bool?)trace["showscale"] != false && names.TryAdd("(map)", -1);
        }
        else if ((string?)trace["name"] is { Length: > 0 } name)
        {
            trace["legendgroup"] = name;
            trace["showlegend"] = names.TryAdd(name, names.Count(n => n.Value >= 0));
            if ((string?)trace["mode"] == "lines")
            {
                // plotly.js would go on to the next colour in the next panel
                Child(trace, "line")["color"] ??= SetColors[names[name] % SetColors.Length];
            }
        }
    }

    // Only the outer panels' axes keep their titles.
    private static JsonObject PanelAxis(JsonNode? source, (double From, double To) domain, string anchor, string suffix, bool withTitle)
    {
        var axis = source?.DeepClone().AsObject() ?? [];
        if (!withTitle)
        {
            axis.Remove("title");
        }

        (axis["domain"], axis["anchor"]) = (new JsonArray(domain.From, domain.To), anchor);
        if (axis["scaleanchor"] is not null)
        {
            (axis["scaleanchor"], axis["constraintoward"]) = ("x" + suffix, "top"); // no gap below the panel's title
        }

        return axis;
    }
}
