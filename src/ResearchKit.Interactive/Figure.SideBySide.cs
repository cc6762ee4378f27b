using System.Text.Json.Nodes;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    private const double ColumnGap = 0.07;
    private const double RowPixels = 300;
    private const double RowGapPixels = 55; // tick labels and the next panel's title

    /// <summary>Small multiples: figures with x and y axes as the panels of one, each under its own title; a name in several legends stands once, and has one colour where the panels do not say which.</summary>
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
        var (data, annotations, names) = (new JsonArray(), new JsonArray(), new Dictionary<string, int>());
        var layout = new JsonObject
        {
            ["title"] = new JsonObject { ["text"] = title },
            ["width"] = Math.Max(500, 340 * columns),
            ["height"] = 160 + RowPixels * rows + RowGapPixels * (rows - 1),
            ["legend"] = new JsonObject { ["orientation"] = "h", ["x"] = 0, ["y"] = 0, ["yref"] = "container" }, // a colour bar stands on the right
            ["margin"] = new JsonObject { ["t"] = 90, ["b"] = 70 },
        };
        var rowGap = RowGapPixels / (RowPixels * rows + RowGapPixels * (rows - 1));
        foreach (var (i, panel) in panels.Index())
        {
            var suffix = i == 0 ? "" : $"{i + 1}";
            var (x, y) = (Domain(i % columns, columns, ColumnGap), Domain(rows - 1 - i / columns, rows, rowGap));
            foreach (var trace in panel._json["data"]!.AsArray().Select(t => t!.DeepClone().AsObject()))
            {
                Place(trace, suffix, names);
                data.Add((JsonNode)trace);
            }

            var source = Layout(panel);
            layout[$"xaxis{suffix}"] = PanelAxis(source["xaxis"], x, "y" + suffix, suffix, withTitle: i + columns >= panels.Length);
            layout[$"yaxis{suffix}"] = PanelAxis(source["yaxis"], y, "x" + suffix, suffix, withTitle: i % columns == 0);
            annotations.Add((JsonNode)PanelTitle((string?)source["title"]?["text"] ?? "", (x.From + x.To) / 2, y.To));
            layout["barmode"] ??= source["barmode"]?.DeepClone();
        }

        layout["annotations"] = annotations;
        return new Figure(new JsonObject { ["data"] = data, ["layout"] = layout }, $"{title}: {string.Join("; ", panels.Select(p => p.Caption))}");
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
            trace["showscale"] = names.TryAdd("(map)", -1);
        }
        else if ((string?)trace["name"] is { Length: > 0 } name)
        {
            trace["legendgroup"] = name;
            trace["showlegend"] = names.TryAdd(name, names.Count(n => n.Value >= 0));
            if ((string?)trace["mode"] == "lines" && trace["line"]?["color"] is null)
            {
                trace["line"] ??= new JsonObject();
                trace["line"]!["color"] = SetColors[names[name] % SetColors.Length]; // plotly.js would go on to the next colour in the next panel
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

        axis["domain"] = new JsonArray(domain.From, domain.To);
        axis["anchor"] = anchor;
        if (axis["scaleanchor"] is not null)
        {
            axis["scaleanchor"] = "x" + suffix;
        }

        return axis;
    }

    private static JsonObject PanelTitle(string text, double x, double y) => new()
    {
        ["text"] = text, ["x"] = x, ["y"] = y, ["xref"] = "paper", ["yref"] = "paper", ["xanchor"] = "center", ["yanchor"] = "bottom", ["showarrow"] = false,
        ["font"] = new JsonObject { ["size"] = 14 },
    };
}
