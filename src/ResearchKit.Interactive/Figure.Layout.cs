using System.Text.Json.Nodes;
using Plotly.NET;
using Plotly.NET.CSharp;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    private const string RealColor = "#08519c";
    private const string FakeColor = "#cb181d";

    /// <summary>A Plotly.NET chart with the kit's size, title and axis titles.</summary>
    private static Figure Styled(GenericChart chart, string title, string xTitle, string yTitle, string caption, int width = 760,
        int height = 380)
    {
        var sized = chart.WithXAxisStyle<double, double, string>(TitleText: xTitle)
            .WithYAxisStyle<double, double, string>(TitleText: yTitle).WithSize(Width: width, Height: height);
        var figure = new Figure(sized, caption);
        Layout(figure)["title"] = new JsonObject { ["text"] = title }; // Plotly.NET's C# package has no function for it
        return figure;
    }

    private static JsonObject Layout(Figure figure)
    {
        figure._json["layout"] ??= new JsonObject();
        return figure._json["layout"]!.AsObject();
    }

    private static JsonObject Axis(Figure figure, string name)
    {
        var layout = Layout(figure);
        layout[name] ??= new JsonObject();
        return layout[name]!.AsObject();
    }

    // Four digits are what a screen can show; they keep a notebook small.
    private static double Rounded(double value, int digits = 4)
    {
        var scale = Math.Pow(10, digits - 1 - Math.Floor(Math.Log10(Math.Abs(value))));
        return double.IsFinite(scale) && double.IsFinite(value) ? Math.Round(value * scale) / scale : value;
    }

    // JSON has no NaN: plotly.js leaves a gap for null.
    private static JsonArray Numbers(IEnumerable<double> values, int digits = 4) =>
        new([.. values.Select(v => double.IsFinite(v) ? (JsonNode)Rounded(v, digits) : null)]);
}
