using System.Text.Json.Nodes;
using PlotlyChart = Plotly.NET.CSharp.Chart;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    /// <summary>Two quantities that change together, as paths: a line through the moments in their order, a dot at each, a large open one
    /// at the start.</summary>
    /// <param name="title">The title.</param>
    /// <param name="xTitle">What is on the x axis, with its unit.</param>
    /// <param name="yTitle">What is on the y axis, with its unit.</param>
    /// <param name="paths">Each path's name, x and y.</param>
    /// <exception cref="ArgumentException">A path has not as many x as y, or there is no path.</exception>
    public static Figure Paths(string title, string xTitle, string yTitle,
        params (string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)[] paths)
    {
        RequireSome(paths, nameof(paths));
        if (Array.Find(paths, p => p.X.Count != p.Y.Count) is { Name: not null } odd)
        {
            throw new ArgumentException($"The path {odd.Name} has {odd.X.Count} x and {odd.Y.Count} y.", nameof(paths));
        }

        var lines = paths.Select(p => PlotlyChart.Line<double, double, string>(x: [.. p.X.Select(v => Rounded(v))],
            y: [.. p.Y.Select(v => Rounded(v))], Name: p.Name));
        var figure = Styled(PlotlyChart.Combine(lines), title, xTitle, yTitle, $"{title}: {string.Join(", ", paths.Select(p => p.Name))}");
        foreach (var (i, trace) in figure._json["data"]!.AsArray().Index())
        {
            var moments = paths[i].X.Count;
            trace!["mode"] = "lines+markers";
            trace["line"] = new JsonObject { ["width"] = 1, ["color"] = SetColors[i % SetColors.Length] };
            trace["marker"] = new JsonObject
            {
                ["color"] = SetColors[i % SetColors.Length],
                ["size"] = new JsonArray([.. Enumerable.Range(0, moments).Select(m => (JsonNode)(m == 0 ? 10 : 4))]),
                ["symbol"] = new JsonArray([.. Enumerable.Range(0, moments).Select(m => (JsonNode)(m == 0 ? "circle-open" : "circle"))]),
            };
        }

        return figure;
    }
}
