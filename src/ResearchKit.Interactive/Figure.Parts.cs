using System.Text.Json.Nodes;
using Plotly.NET;
using Plotly.NET.CSharp;
using ResearchKit.Imaging;
using PlotlyChart = Plotly.NET.CSharp.Chart;

namespace ResearchKit.Interactive;

// What the figures are put together from: colours, numbers, axes and traces.
public sealed partial class Figure
{
    internal const string RealColor = "#08519c";
    internal const string FakeColor = "#cb181d";
    private const string GoodColor = "#2ca02c";

    private static readonly string[] SetColors =
        ["#1f77b4", "#d62728", GoodColor, "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#7f7f7f"];

    private JsonArray Traces => _json["data"]!.AsArray();

    private JsonObject Layout => Child(_json, "layout");

    private JsonObject YAxis => Child(Layout, "yaxis");

    private static JsonObject Child(JsonObject parent, string name)
    {
        parent[name] ??= new JsonObject();
        return parent[name]!.AsObject();
    }

    private static Figure Styled(GenericChart chart, string title, string xTitle, string yTitle, string caption, int width = 760,
        int height = 380)
    {
        var sized = chart.WithXAxisStyle<double, double, string>(TitleText: xTitle)
            .WithYAxisStyle<double, double, string>(TitleText: yTitle).WithSize(Width: width, Height: height);
        var figure = new Figure(sized, caption);
        figure.Layout["title"] = Text(title); // Plotly.NET's C# package has no function for it
        return figure;
    }

    private static Figure Lines<T>(string title, string xTitle, string yTitle,
        IReadOnlyList<(string Name, IReadOnlyList<T> X, double[] Y)> lines, string captionEnd = "")
        where T : IConvertible => Styled(
            PlotlyChart.Combine(lines.Select(l => PlotlyChart.Line<T, double, string>(x: l.X, y: l.Y, Name: l.Name))),
            title, xTitle, yTitle, Listing(title, lines.Select(l => l.Name)) + captionEnd);

    private static string Listing(string title, IEnumerable<string> parts) => $"{title}: {string.Join(", ", parts)}";

    private static JsonObject Text(string text) => new() { ["text"] = text };

    private static JsonObject Line(string color, double width) => new() { ["color"] = color, ["width"] = width };

    private static JsonObject Line(string color, double width, string dash) =>
        new() { ["color"] = color, ["dash"] = dash, ["width"] = width };

    // Points, or a line through them. A trace without a name stands in no legend, one that is silent says nothing under the pointer.
    private static JsonObject Scatter(string mode, string? name, JsonObject style, IEnumerable<(double X, double Y)> points, int digits = 4,
        bool silent = false)
    {
        var trace = Places(points, digits);
        (trace["type"], trace["mode"], trace[mode == "lines" ? "line" : "marker"]) = ("scatter", mode, style);
        trace[name is null ? "showlegend" : "name"] = name ?? (JsonNode)false;
        if (silent)
        {
            trace["hoverinfo"] = "skip";
        }

        return trace;
    }

    private static JsonObject Places(IEnumerable<(double X, double Y)> points, int digits)
    {
        var all = points.ToList();
        return new() { ["x"] = Numbers(all.Select(p => p.X), digits), ["y"] = Numbers(all.Select(p => p.Y), digits) };
    }

    private static JsonArray ColorScale(params (double At, string Color)[] colors) =>
        new([.. colors.Select(c => new JsonArray(c.At, c.Color))]);

    private static JsonObject ColorBar(string title, double length) => new() { ["title"] = Text(title), ["len"] = length };

    private static (double X, double Y)[] FirstPoints(string name, Tensor points, int most)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.shape is not [_, 2])
        {
            throw new ArgumentException($"The points of {name} must have shape (N, 2), not ({string.Join(", ", points.shape)}).",
                nameof(points));
        }

        using var scope = NewDisposeScope();
        var drawn = points.detach().slice(0, 0, Math.Min(most, points.shape[0]), 1).to(ScalarType.Float64, CPU).contiguous();
        return [.. drawn.data<double>().ToArray().Chunk(2).Select(p => (Rounded(p[0]), Rounded(p[1])))];
    }

    // A shaft, two barbs and a gap; no arrow is longer than a fifth of the area, and none is where a number is not finite or all too small.
    private static (double X, double Y)[] Arrow((double X, double Y) from, (double X, double Y) by, PlotArea area)
    {
        var length = Math.Sqrt(by.X * by.X + by.Y * by.Y);
        var longest = (area.Right - area.Left) / 5;
        if (!double.IsFinite(length + from.X + from.Y) || length < longest / 100)
        {
            return [];
        }

        var cut = Math.Min(1, longest / length);
        var tip = (X: from.X + by.X * cut, Y: from.Y + by.Y * cut);
        (double X, double Y) Barb(double side) =>
            (tip.X - cut * (0.25 * by.X + side * 0.15 * by.Y), tip.Y - cut * (0.25 * by.Y - side * 0.15 * by.X));
        return [from, tip, Barb(1), tip, Barb(-1), (double.NaN, double.NaN)];
    }

    private static void RequireSome<T>(IReadOnlyCollection<T> items, string name)
    {
        ArgumentNullException.ThrowIfNull(items, name);
        if (items.Count == 0)
        {
            throw new ArgumentException("There is nothing to draw.", name);
        }
    }

    // Four digits are what a screen can show; they keep a notebook small.
    private static double Rounded(double value, int digits = 4)
    {
        var scale = Math.Pow(10, digits - 1 - Math.Floor(Math.Log10(Math.Abs(value))));
        return double.IsFinite(scale) && double.IsFinite(value) ? Math.Round(value * scale) / scale : value;
    }

    private static double[] Rounded(IEnumerable<double> values) => [.. values.Select(v => Rounded(v))];

    // JSON has no NaN: plotly.js leaves a gap for null.
    private static JsonArray Numbers(IEnumerable<double> values, int digits = 4) =>
        new([.. values.Select(v => double.IsFinite(v) ? (JsonNode)Rounded(v, digits) : null)]);

    private static JsonArray Rows(IEnumerable<IEnumerable<double>> rows, int digits) =>
        new([.. rows.Select(row => Numbers(row, digits))]);
}
