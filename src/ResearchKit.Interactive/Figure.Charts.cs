using System.Globalization;
using System.Text.Json.Nodes;
using ResearchKit.Imaging;
using PlotlyChart = Plotly.NET.CSharp.Chart;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    private const int FewPoints = 20; // of a set, which are drawn larger

    /// <summary>Curves over a common axis.</summary>
    /// <param name="title">The title.</param>
    /// <param name="xTitle">What is on the x axis, with its unit.</param>
    /// <param name="yTitle">What is on the y axis, with its unit.</param>
    /// <param name="curves">Each curve's name, x and y; NaN leaves a gap.</param>
    /// <exception cref="ArgumentException">A curve has not as many x as y, or there is no curve.</exception>
    public static Figure Curves(string title, string xTitle, string yTitle,
        params (string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)[] curves)
    {
        RequirePairs(curves, "curve", nameof(curves));
        return Lines(title, xTitle, yTitle, [.. curves.Select(c => (c.Name, c.X, Rounded(c.Y)))]);
    }

    /// <summary>Adds a dashed grey line at one height, such as a floor or a true value, over the whole width.</summary>
    /// <param name="y">The height, in the unit of the y axis.</param>
    /// <param name="name">What it is, for the legend.</param>
    /// <returns>This figure.</returns>
    /// <exception cref="InvalidOperationException">The figure has no trace with numbers along x.</exception>
    public Figure WithLevel(double y, string name)
    {
        double[] reach = [.. Traces.SelectMany(t => Values(t!["x"]))];
        if (reach.Length == 0)
        {
            throw new InvalidOperationException($"A level needs an x axis of numbers; {Caption} has none.");
        }

        var line = Scatter("lines", name, Line("#666666", 1.5, "dash"), [(reach.Min(), y), (reach.Max(), y)]);
        Traces.Add(line);
        return this;
    }

    /// <summary>Gives the y axis equal distances for equal factors, so that small values beside large ones are seen. Its ticks are powers
    /// of ten, with 2 and 5 times each where the values lie within three of them.</summary>
    /// <returns>This figure.</returns>
    public Figure WithLogarithmicY()
    {
        YAxis["type"] = "log";
        YAxis.Remove("range"); // it would be read in powers of ten
        double[] values = [.. Traces.SelectMany(t => Values(t!["y"])).Where(v => v > 0)];
        if (values.Length > 0)
        {
            // by itself Plotly writes every digit from 2 to 9, over each other in a low figure
            var (low, high) = ((int)Math.Floor(Math.Log10(values.Min())), (int)Math.Ceiling(Math.Log10(values.Max())));
            int[] digits = high - low > 3 ? [1] : [1, 2, 5];
            double[] ticks = [.. from power in Enumerable.Range(low - 1, high - low + 2) from d in digits select d * Math.Pow(10, power)];
            YAxis["tickvals"] = new JsonArray([.. ticks.Select(t => JsonValue.Create(t))]);
            YAxis["ticktext"] = new JsonArray([.. ticks.Select(t => JsonValue.Create(t.ToString(t is < 1e-4 or >= 1e6 ? "0e0" : "#,0.####",
                CultureInfo.InvariantCulture)))]);
        }

        return this;
    }

    /// <summary>Shows one part of the axes and no other, so that figures side by side have the same scale.</summary>
    /// <param name="area">The part, in the units of the axes; both must be axes of numbers.</param>
    /// <returns>This figure.</returns>
    /// <exception cref="ArgumentNullException">There is no area.</exception>
    public Figure Within(PlotArea area)
    {
        ArgumentNullException.ThrowIfNull(area);
        Child(Layout, "xaxis")["range"] = new JsonArray(area.Left, area.Right);
        YAxis["range"] = new JsonArray(area.Bottom, area.Top);
        return this;
    }

    /// <summary>Several runs of one thing over a common axis: for each set a line through the median of its runs, in a band from the least
    /// run to the greatest.</summary>
    /// <param name="title">The title.</param>
    /// <param name="xTitle">What is on the x axis, with its unit.</param>
    /// <param name="yTitle">What is on the y axis, with its unit.</param>
    /// <param name="sets">Each set's name, its x, and for each run, such as a seed, a y for each x. A y that is not finite is left out; a
    /// place where no run has one is a gap.</param>
    /// <exception cref="ArgumentException">A run has not as many y as its set has x, a set has no run, or there is no set.</exception>
    public static Figure Medians(string title, string xTitle, string yTitle,
        params (string Name, IReadOnlyList<double> X, IReadOnlyList<IReadOnlyList<double>> Runs)[] sets)
    {
        RequireSome(sets, nameof(sets));
        foreach (var (name, x, runs) in sets)
        {
            RequireSome(runs, nameof(sets));
            RequirePairs([.. runs.Select((run, i) => ($"{name}, run {i}", x, run))], "run", nameof(sets));
        }

        var (bands, medians) = (new List<JsonNode>(), new List<JsonNode>());
        foreach (var (i, (name, x, runs)) in sets.Index())
        {
            var color = SetColors[i % SetColors.Length];
            double[][] sorted = [.. x.Select((_, place) => runs.Select(r => r[place]).Where(double.IsFinite).Order().ToArray())];
            JsonObject Along(string? named, double width, Func<double[], double> height)
            {
                var line = Scatter("lines", named, Line(color, width),
                    x.Zip(sorted, (at, values) => (at, values.Length > 0 ? height(values) : double.NaN)), silent: named is null);
                line["legendgroup"] = name;
                return line;
            }

            var upper = Along(null, 0, v => v[^1]);
            (upper["fill"], upper["fillcolor"]) = ("tonexty", color + "40"); // down to the trace before, at a quarter's opacity
            bands.Add(Along(null, 0, v => v[0]));
            bands.Add(upper);
            medians.Add(Along(name, 3, v => (v[(v.Length - 1) / 2] + v[v.Length / 2]) / 2));
        }

        var traces = new JsonArray([.. bands, .. medians]); // no band lies on a median
        var layout = new JsonObject
        {
            ["title"] = Text(title), ["width"] = 760, ["height"] = 380,
            ["xaxis"] = new JsonObject { ["title"] = Text(xTitle) }, ["yaxis"] = new JsonObject { ["title"] = Text(yTitle) },
        };
        return new Figure(traces, layout, Listing(title, sets.Select(s => s.Name)) + ", medians with ranges");
    }

    /// <summary>Points of the plane, one colour a set, with equal scales on both axes. Sets called real or generated have the colours that
    /// these have in every figure, also where one of them stands alone.</summary>
    /// <param name="title">The title.</param>
    /// <param name="sets">Each set's name and its points, shape (N, 2); at most the first 2,000 are drawn.</param>
    /// <exception cref="ArgumentException">A set has another shape, or there is no set.</exception>
    public static Figure Points(string title, params (string Name, Tensor Points)[] sets)
    {
        RequireSome(sets, nameof(sets));
        var drawn = sets.Select(s => (s.Name, Points: FirstPoints(s.Name, s.Points, 2000))).ToList();
        string[] colors = sets.Length > 2 ? SetColors : [RealColor, FakeColor];
        var clouds = drawn.Select((set, i) => PlotlyChart.Point<double, double, string>(
            x: [.. set.Points.Select(p => p.X)], y: [.. set.Points.Select(p => p.Y)], Name: set.Name, Opacity: 0.6,
            MarkerColor: Plotly.NET.Color.fromString(
                set.Name switch { "real" => RealColor, "generated" => FakeColor, _ => colors[i % colors.Length] })));
        var caption = Listing(title, drawn.Select(s => $"{s.Points.Length} points {s.Name}"));
        var figure = Styled(PlotlyChart.Combine(clouds), title, "x", "y", caption, width: 520, height: 480);
        (figure.YAxis["scaleanchor"], figure.YAxis["constrain"], Child(figure.Layout, "xaxis")["constrain"]) = ("x", "domain", "domain");
        foreach (var (trace, set) in figure.Traces.Zip(drawn))
        {
            trace!["marker"]!["size"] = set.Points.Length > FewPoints ? 4 : 9;
        }

        return figure;
    }

    /// <summary>Says what is on both axes, which then have a scale each: for points whose two numbers are two quantities.</summary>
    /// <param name="xTitle">What is on the x axis, with its unit.</param>
    /// <param name="yTitle">What is on the y axis, with its unit.</param>
    /// <returns>This figure.</returns>
    public Figure WithAxes(string xTitle, string yTitle)
    {
        (Child(Layout, "xaxis")["title"], YAxis["title"]) = (Text(xTitle), Text(yTitle));
        YAxis.Remove("scaleanchor");
        Layout["width"] = 760;
        return this;
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
        var finite = sets.Select(s => (s.Name, Values: s.Values.Where(double.IsFinite).ToArray()))
            .Where(s => s.Values.Length > 0).ToArray();
        RequireSome(finite, nameof(sets));
        var (low, high) = (finite.Min(s => s.Values.Min()), finite.Max(s => s.Values.Max()));
        var width = high > low ? (high - low) / bins : 1;
        var middles = Rounded(Enumerable.Range(0, bins).Select(i => low + (i + 0.5) * width));
        string[] colors = finite.Length > 2 ? SetColors : [RealColor, FakeColor];
        var charts = finite.Select((set, i) =>
        {
            var shares = new double[bins];
            foreach (var value in set.Values)
            {
                shares[Math.Min(bins - 1, (int)((value - low) / width))] += 1.0 / set.Values.Length;
            }

            return PlotlyChart.Column<double, double, string>(values: Rounded(shares), Keys: middles, Name: set.Name,
                Opacity: finite.Length > 1 ? 0.6 : 1, MarkerColor: Plotly.NET.Color.fromString(colors[i % colors.Length]));
        });
        var caption = $"{title}: histogram of {string.Join(", ", finite.Select(s => s.Name))}";
        var figure = Styled(PlotlyChart.Combine(charts), title, xTitle, "share", caption);
        (figure.Layout["barmode"], figure.Layout["bargap"]) = ("overlay", 0.02);
        return figure;
    }

    /// <summary>A row for each name, from the top, and in it a dot for each series: for values that differ by factors, or names too long to
    /// stand below bars.</summary>
    /// <param name="title">The title.</param>
    /// <param name="xTitle">What the place of a dot means, with its unit.</param>
    /// <param name="names">The rows' names.</param>
    /// <param name="logarithmic">True for equal distances for equal factors; all values are then above 0.</param>
    /// <param name="series">Each series' name, such as a seed, and its value in each row; NaN leaves a dot out.</param>
    /// <exception cref="ArgumentException">A series has not as many values as there are names, or there is none.</exception>
    public static Figure Dots(string title, string xTitle, IReadOnlyList<string> names, bool logarithmic,
        params (string Name, IReadOnlyList<double> Values)[] series)
    {
        RequireSome(series, nameof(series));
        if (Array.Find(series, s => s.Values.Count != names.Count) is { Name: not null } odd)
        {
            throw new ArgumentException($"{names.Count} rows need as many values; {odd.Name} has {odd.Values.Count}.", nameof(series));
        }

        var traces = new JsonArray([.. series.Select((s, i) => new JsonObject
        {
            ["type"] = "scatter", ["mode"] = "markers", ["name"] = s.Name, ["x"] = Numbers(s.Values),
            ["y"] = new JsonArray([.. names.Select(n => (JsonNode)n)]),
            ["marker"] = new JsonObject { ["color"] = SetColors[i % SetColors.Length], ["size"] = 10, ["opacity"] = 0.8 },
        })]);
        var axis = new JsonObject { ["title"] = Text(xTitle), ["type"] = logarithmic ? "log" : "linear" };
        double[] positive = [.. series.SelectMany(s => s.Values).Where(v => v > 0)];
        if (logarithmic && positive.Length > 0 && positive.Max() < 1000 * positive.Min())
        {
            (axis["dtick"], axis["tickformat"]) = ("D2", "~g"); // 10, 20, 50, 100: plotly.js would write 20 as a small 2
        }

        var layout = new JsonObject
        {
            ["title"] = Text(title), ["width"] = 760, ["height"] = 150 + 24 * names.Count, ["xaxis"] = axis,
            ["yaxis"] = new JsonObject { ["automargin"] = true, ["autorange"] = "reversed", ["type"] = "category" },
        };
        return new Figure(traces, layout, Listing(title, names));
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
        bool Fits(IReadOnlyList<double>? values) => values is null || values.Count == names.Count;
        if (Array.Find(groups, g => !Fits(g.Values) || !Fits(g.Errors)) is { Name: not null } odd)
        {
            throw new ArgumentException($"{names.Count} bars need as many heights and errors; {odd.Name} has {odd.Values.Count} and " +
                $"{odd.Errors?.Count ?? 0}.", nameof(groups));
        }

        var charts = groups.Select(g => PlotlyChart.Column<double, string, string>(
            values: Rounded(g.Values), Keys: names.ToArray(), Name: g.Name));
        var figure = Styled(PlotlyChart.Combine(charts), title, "", yTitle, Listing(title, names));
        foreach (var (trace, group) in figure.Traces.Zip(groups).Where(pair => pair.Second.Errors is not null))
        {
            trace!["error_y"] = new JsonObject { ["type"] = "data", ["array"] = Numbers(group.Errors!) };
        }

        figure.Layout["showlegend"] = groups.Length > 1;
        return figure;
    }

    private static void RequirePairs((string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)[] lines, string kind, string argument)
    {
        RequireSome(lines, argument);
        if (Array.Find(lines, l => l.X.Count != l.Y.Count) is { Name: not null } odd)
        {
            throw new ArgumentException($"The {kind} {odd.Name} has {odd.X.Count} x and {odd.Y.Count} y.", argument);
        }
    }
}
