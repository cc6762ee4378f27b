using TorchSharp;
using PlotlyChart = Plotly.NET.CSharp.Chart;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    /// <summary>Curves over a common axis.</summary>
    /// <param name="title">The title.</param>
    /// <param name="xTitle">What is on the x axis, with its unit.</param>
    /// <param name="yTitle">What is on the y axis, with its unit.</param>
    /// <param name="curves">Each curve's name, x and y; NaN leaves a gap.</param>
    /// <exception cref="ArgumentException">A curve has not as many x as y, or there is no curve.</exception>
    public static Figure Curves(string title, string xTitle, string yTitle,
        params (string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)[] curves)
    {
        RequireSome(curves, nameof(curves));
        var lines = curves.Select(c => c.X.Count == c.Y.Count
            ? PlotlyChart.Line<double, double, string>(x: c.X, y: [.. c.Y.Select(v => Rounded(v))], Name: c.Name)
            : throw new ArgumentException($"The curve {c.Name} has {c.X.Count} x and {c.Y.Count} y.", nameof(curves)));
        return Styled(PlotlyChart.Combine(lines), title, xTitle, yTitle, $"{title}: {string.Join(", ", curves.Select(c => c.Name))}");
    }

    /// <summary>Points of the plane, one colour a set, with equal scales on both axes.</summary>
    /// <param name="title">The title.</param>
    /// <param name="sets">Each set's name and its points, shape (N, 2); at most the first 2,000 are drawn.</param>
    /// <exception cref="ArgumentException">A set has another shape, or there is no set.</exception>
    public static Figure Points(string title, params (string Name, torch.Tensor Points)[] sets)
    {
        RequireSome(sets, nameof(sets));
        var clouds = sets.Select((set, i) =>
        {
            var (xs, ys) = Columns(set.Name, set.Points);
            var color = Plotly.NET.Color.fromString(sets.Length > 2 ? SetColors[i % SetColors.Length] : i == 0 ? RealColor : FakeColor);
            return PlotlyChart.Point<double, double, string>(x: xs, y: ys, Name: set.Name, Opacity: 0.6, MarkerColor: color);
        });
        var figure = Styled(PlotlyChart.Combine(clouds), title, "x", "y",
            $"{title}: {string.Join(", ", sets.Select(s => $"{Math.Min(MostPoints, s.Points.shape[0])} points {s.Name}"))}", width: 520,
            height: 480);
        Axis(figure, "yaxis")["scaleanchor"] = "x";
        foreach (var trace in figure._json["data"]!.AsArray())
        {
            trace!["marker"]!["size"] = 4;
        }

        return figure;
    }

    /// <summary>Shares of values over equal bins, one colour a set, bins in common.</summary>
    /// <param name="title">The title.</param>
    /// <param name="xTitle">What is counted, with its unit.</param>
    /// <param name="bins">How many bins, at least 1.</param>
    /// <param name="sets">Each set's name and its values; those that are not finite are left out.</param>
    /// <exception cref="ArgumentException">There is no finite value.</exception>
    public static Figure Histogram(string title, string xTitle, int bins, params (string Name, IReadOnlyList<double> Values)[] sets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var finite = sets.Select(s => (s.Name, Values: s.Values.Where(double.IsFinite).ToArray())).Where(s => s.Values.Length > 0)
            .ToArray();
        RequireSome(finite, nameof(sets));
        var (low, high) = (finite.Min(s => s.Values.Min()), finite.Max(s => s.Values.Max()));
        var width = high > low ? (high - low) / bins : 1;
        var middles = Enumerable.Range(0, bins).Select(i => Rounded(low + (i + 0.5) * width)).ToArray();
        var charts = finite.Select(s =>
        {
            var shares = new double[bins];
            foreach (var value in s.Values)
            {
                shares[Math.Min(bins - 1, (int)((value - low) / width))] += 1.0 / s.Values.Length;
            }

            return PlotlyChart.Column<double, double, string>(values: [.. shares.Select(v => Rounded(v))], Keys: middles, Name: s.Name,
                Opacity: finite.Length > 1 ? 0.6 : 1);
        });
        var figure = Styled(PlotlyChart.Combine(charts), title, xTitle, "share",
            $"{title}: histogram of {string.Join(", ", finite.Select(s => s.Name))}");
        Layout(figure)["barmode"] = "overlay";
        Layout(figure)["bargap"] = 0.02;
        return figure;
    }

    /// <summary>One bar a name, with error bars where errors are given.</summary>
    /// <param name="title">The title.</param>
    /// <param name="yTitle">What the height means, with its unit.</param>
    /// <param name="names">The bars' names.</param>
    /// <param name="groups">Each group's name, its heights, and the half lengths of its error bars or null.</param>
    /// <exception cref="ArgumentException">A group has not as many heights or errors as there are names, or there is none.</exception>
    public static Figure Bars(string title, string yTitle, IReadOnlyList<string> names,
        params (string Name, IReadOnlyList<double> Values, IReadOnlyList<double>? Errors)[] groups)
    {
        RequireSome(groups, nameof(groups));
        if (Array.Find(groups, g => g.Values.Count != names.Count
            || (g.Errors is not null && g.Errors.Count != names.Count)) is { Values: not null } odd)
        {
            throw new ArgumentException($"{names.Count} bars need as many heights and errors; {odd.Name} has {odd.Values.Count} and " +
                $"{odd.Errors?.Count ?? 0}.", nameof(groups));
        }

        var charts = groups.Select(g => PlotlyChart.Column<double, string, string>(values: [.. g.Values.Select(v => Rounded(v))],
            Keys: names.ToArray(), Name: g.Name));
        var figure = Styled(PlotlyChart.Combine(charts), title, "", yTitle, $"{title}: {string.Join(", ", names)}");
        foreach (var (i, group) in groups.Index().Where(g => g.Item.Errors is not null))
        {
            figure._json["data"]![i]!["error_y"] = new System.Text.Json.Nodes.JsonObject { ["type"] = "data",
                ["array"] = Numbers(group.Errors!) };
        }

        Layout(figure)["showlegend"] = groups.Length > 1;
        return figure;
    }

    private const int MostPoints = 2000;

    private static readonly string[] SetColors = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#7f7f7f"];

    private static void RequireSome<T>(T[] items, string name)
    {
        if (items.Length == 0)
        {
            throw new ArgumentException("There is nothing to draw.", name);
        }
    }

    private static (double[] Xs, double[] Ys) Columns(string name, torch.Tensor points)
    {
        if (points.dim() != 2 || points.shape[1] != 2)
        {
            throw new ArgumentException($"The points of {name} must have shape (N, 2), not ({string.Join(", ", points.shape)}).",
                nameof(points));
        }

        using var scope = torch.NewDisposeScope();
        var drawn = points.detach().slice(0, 0, Math.Min(MostPoints, points.shape[0]), 1).to(torch.ScalarType.Float64, torch.CPU);
        double[] Column(long index) => [.. drawn.select(1, index).contiguous().data<double>().ToArray().Select(v => Rounded(v))];
        return (Column(0), Column(1));
    }
}
