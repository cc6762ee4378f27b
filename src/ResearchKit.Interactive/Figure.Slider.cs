using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Imaging;

namespace ResearchKit.Interactive;

// Figures after each other.
public sealed partial class Figure
{
    /// <summary>Figures of one kind, one for each value of something, with a slider between them. The axes hold for all of them. It needs
    /// no kernel: the values are in the file.</summary>
    /// <param name="title">The title above all.</param>
    /// <param name="parameter">What the slider sets, with a unit if it has one.</param>
    /// <param name="charts">At least two: the value as the slider writes it, and its figure. All have the same traces in the same order,
    /// and the same panels. It opens on the last, which is also what an image of it shows; the layout is the last one's.</param>
    /// <exception cref="ArgumentException">There are fewer than two, a value comes twice, or a figure has other traces or other titles of
    /// panels than the first, or is animated.</exception>
    public static Figure Slider(string title, string parameter, params (string Value, Figure Chart)[] charts)
    {
        ArgumentNullException.ThrowIfNull(charts);
        if (charts.Select(c => c.Value).Distinct().Count() is var values && (values < 2 || values < charts.Length))
        {
            throw new ArgumentException($"A slider needs at least two values, each once; it got {charts.Length}, of which {values} differ.",
                nameof(charts));
        }

        var (kinds, last) = (Kinds(charts[0].Chart), charts[^1].Chart);
        if (Array.Find(charts, c => c.Chart._json["frames"] is not null || Kinds(c.Chart) != kinds) is { Chart: { } other } odd)
        {
            throw new ArgumentException(other._json["frames"] is not null
                ? $"The figure at {odd.Value} is animated itself; a slider moves through still figures."
                : $"The figure at {odd.Value} has {Kinds(other)}, the first has {kinds}; a slider needs the same in all.",
                nameof(charts));
        }

        var figure = new Figure(last._json.DeepClone().AsObject(),
            $"{title}, a slider over {parameter} from {charts[0].Value} to {charts[^1].Value}, at the last: {last.Caption}");
        figure.Layout["title"] = Text(title);
        FixAxes(figure.Layout, [.. charts.SelectMany(c => c.Chart.Traces).Select(t => t!.AsObject())]);
        figure._json["frames"] = new JsonArray([.. charts.Select(c => new JsonObject
        {
            ["name"] = c.Value, ["data"] = c.Chart.Traces.DeepClone(),
        })]);
        AddPlayer(figure.Layout, parameter, [.. charts.Select(c => c.Value)]);
        return figure;
    }

    /// <summary>Images in a grid as a figure, for <see cref="Slider"/>.</summary>
    /// <param name="grid">The grid. One of scale 1 keeps the notebook small.</param>
    /// <param name="scale">Pixels of the screen for one of the grid.</param>
    public static Figure Images(ImageGrid grid, int scale = 1)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        JsonObject Hidden() => new() { ["visible"] = false, ["fixedrange"] = true };
        var image = new JsonObject
        {
            ["type"] = "image", ["source"] = $"data:image/png;base64,{Convert.ToBase64String(grid.Png)}", ["hoverinfo"] = "skip",
        };
        var layout = new JsonObject
        {
            ["width"] = Math.Max(420, scale * grid.Width + 40), ["height"] = scale * grid.Height + 120,
            ["margin"] = new JsonObject { ["l"] = 20, ["r"] = 20, ["t"] = 60 }, ["xaxis"] = Hidden(), ["yaxis"] = Hidden(),
        };
        return new Figure(new JsonArray(image), layout, $"{grid}");
    }

    // Traces and the panels' titles, which a frame cannot change.
    private static string Kinds(Figure figure) => string.Join(", ", figure.Traces.Select(t => $"{t!["type"]}"))
        + string.Concat((figure.Layout["annotations"] as JsonArray ?? []).Select(a => $", \"{a!["text"]}\""));

    private static void FixAxes(JsonObject layout, List<JsonObject> traces)
    {
        foreach (var along in new[] { "x", "y" })
        {
            foreach (var axis in traces.Where(t => (string?)t["type"] != "image").GroupBy(t => (string?)t[along + "axis"] ?? along))
            {
                FixAxis(Child(layout, $"{along}axis{axis.Key[1..]}"), along, [.. axis]);
            }
        }
    }

    // An axis that fits itself to each frame would hide what changes; one of numbers gets the range of all frames.
    private static void FixAxis(JsonObject axis, string along, List<JsonObject> traces)
    {
        var log = (string?)axis["type"] == "log"; // its range is in powers of ten
        double[] numbers = [.. traces.SelectMany(t => Reach(t, along)).Where(v => !log || v > 0).Select(v => log ? Math.Log10(v) : v)];
        if (axis["range"] is not null || numbers.Length == 0 || (string?)axis["type"] == "category")
        {
            return;
        }

        var bars = along == "y" && !log && traces.Exists(t => (string?)t["type"] == "bar");
        var (low, high) = (bars ? Math.Min(0, numbers.Min()) : numbers.Min(), bars ? Math.Max(0, numbers.Max()) : numbers.Max());
        var room = high > low ? 0.05 * (high - low) : Math.Max(0.05 * Math.Abs(high), 0.05);
        axis["range"] = new JsonArray(bars && low == 0 ? 0 : low - room, bars && high == 0 ? 0 : high + room);
    }

    // Where a trace's numbers are, with half a bar or cell beside them, and their error bars.
    private static IEnumerable<double> Reach(JsonObject trace, string along)
    {
        double[] places = Values(trace[along]);
        double[] errors = Values(trace["error_" + along]?["array"]);
        var wide = (along == "x" && (string?)trace["type"] == "bar") || (string?)trace["type"] == "heatmap";
        double[] apart = [.. places.Order().Zip(places.Order().Skip(1), (a, b) => b - a).Where(d => d > 0)];
        var half = wide && apart.Length > 0 ? apart.Min() / 2 : 0;
        return places.SelectMany((v, i) => new[] { v - half - errors.ElementAtOrDefault(i), v + half + errors.ElementAtOrDefault(i) });
    }

    private static double[] Values(JsonNode? array) => array is not JsonArray values ? [] :
        [.. values.OfType<JsonValue>().Where(v => v.GetValueKind() == JsonValueKind.Number).Select(Number)];

    // A JSON value converts to its own type only.
    private static double Number(JsonNode value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    // A slider over named frames, with buttons to play and to pause; it stands on the last frame.
    private static void AddPlayer(JsonObject layout, string parameter, IReadOnlyList<string> frames)
    {
        JsonObject Button(string label, JsonNode? which, int milliseconds) => new()
        {
            ["label"] = label, ["method"] = "animate",
            ["args"] = new JsonArray(which, new JsonObject
            {
                ["mode"] = "immediate",
                ["frame"] = new JsonObject { ["duration"] = milliseconds, ["redraw"] = true }, // a map is only redrawn when asked
                ["transition"] = new JsonObject { ["duration"] = 0 },
            }),
        };
        var width = layout["width"] is { } given ? Number(given) : 700;
        var from = Math.Clamp(120 / (width - SideMargins), 0.15, 0.4); // right of the buttons
        layout["sliders"] = new JsonArray(new JsonObject
        {
            ["active"] = frames.Count - 1,
            ["currentvalue"] = new JsonObject { ["prefix"] = parameter + " " },
            ["x"] = from, ["len"] = 1 - from, ["pad"] = new JsonObject { ["t"] = 45 },
            ["steps"] = new JsonArray([.. frames.Select(name => Button(name, new JsonArray(name), 0))]),
        });
        layout["updatemenus"] = new JsonArray(new JsonObject
        {
            ["type"] = "buttons", ["direction"] = "left", ["showactive"] = false,
            ["x"] = 0, ["y"] = 0, ["xanchor"] = "left", ["yanchor"] = "top", ["pad"] = new JsonObject { ["t"] = 60 },
            ["buttons"] = new JsonArray(Button("▶", null, 400), Button("❚❚", new JsonArray((JsonNode?)null), 0)),
        });
        Child(layout, "margin")["b"] = 130;
        if (layout["height"] is { } height)
        {
            layout["height"] = Number(height) + 70; // the chart keeps its size
        }
    }
}
