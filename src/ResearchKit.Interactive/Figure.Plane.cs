using System.Text.Json.Nodes;
using ResearchKit.Diagnostics;
using ResearchKit.Imaging;

namespace ResearchKit.Interactive;

// The game in the plane.
public sealed partial class Figure
{
    private const int MapResolution = 61;

    /// <summary>The game in the plane: D as a map of coloured bands, real points, fakes, and on each fake an arrow along which G's loss
    /// falls fastest. Several snapshots make an animation with a slider; it opens on the last.</summary>
    /// <param name="title">The title.</param>
    /// <param name="real">Real points, shape (N, 2); at most the first 500 are drawn.</param>
    /// <param name="snapshots">The moments, at least one, all of one area and resolution.</param>
    /// <param name="asLogits">True to colour by the logit (for critics), white at 0; false for D(x). The scale is common to all.</param>
    /// <exception cref="ArgumentException">No snapshot, unlike areas or resolutions, or points that are not of the plane.</exception>
    public static Figure Game(string title, Tensor real, IReadOnlyList<GameSnapshot> snapshots, bool asLogits = false) =>
        Game(title, real, snapshots, GameScale.Of(snapshots, asLogits));

    /// <summary>Moments of a game side by side, with one scale of colours and arrows for all.</summary>
    /// <param name="title">The title above all.</param>
    /// <param name="columns">Panels a row, at least 1.</param>
    /// <param name="real">Real points, shape (N, 2); at most the first 500 are drawn in each panel.</param>
    /// <param name="snapshots">The moments, at least one, all of one area and resolution.</param>
    /// <param name="asLogits">As in <see cref="Game(string, Tensor, IReadOnlyList{GameSnapshot}, bool)"/>.</param>
    /// <exception cref="ArgumentException">No snapshot, unlike areas or resolutions, or points that are not of the plane.</exception>
    public static Figure GameMoments(string title, int columns, Tensor real, IReadOnlyList<GameSnapshot> snapshots, bool asLogits = false)
    {
        var scale = GameScale.Of(snapshots, asLogits);
        return SideBySide(title, columns, [.. snapshots.Select(s => Game($"step {s.Step}", real, [s], scale))]);
    }

    /// <summary>The values of a critic over the plane, with real and generated points. The colours go from the least value in the area to
    /// the greatest, so that shapes can be compared where sizes cannot; between two lines the value changes by a tenth of that range, so
    /// lines at equal distances mean a constant slope.</summary>
    /// <param name="title">The title.</param>
    /// <param name="critic">The network, giving one number a point.</param>
    /// <param name="area">The part of the plane to look at.</param>
    /// <param name="real">Real points, shape (N, 2); at most the first 300 are drawn.</param>
    /// <param name="fake">Generated points, likewise.</param>
    /// <exception cref="ArgumentException">The points are not of the plane, or the critic gives not one number a point.</exception>
    public static Figure CriticMap(string title, nn.Module<Tensor, Tensor> critic, PlotArea area, Tensor real, Tensor fake)
    {
        ArgumentNullException.ThrowIfNull(critic);
        ArgumentNullException.ThrowIfNull(area);
        var rows = ValuesOn(critic, area);
        var (low, high) = (rows.Min(r => r.Min()), rows.Max(r => r.Max()));
        var range = high > low ? high - low : 1;
        var map = Bands(area, rows[0].Length, rows.Length, 0, 1, "share of range", "#888888");
        map["z"] = Rows(rows.Select(row => row.Select(v => (v - low) / range)), digits: 3);
        map["hoverinfo"] = "skip";
        var traces = new JsonArray(map,
            Scatter("markers", "real", Dot(RealColor, 3), FirstPoints("real", real, 300), digits: 3),
            Scatter("markers", "fake", Dot(FakeColor, 3), FirstPoints("fake", fake, 300), digits: 3));
        return new Figure(traces, PlaneLayout(title, area), $"{title}: the critic's values over the plane, with real and generated points");
    }

    private static Figure Game(string title, Tensor real, IReadOnlyList<GameSnapshot> snapshots, GameScale scale)
    {
        var last = snapshots[^1];
        // bands, not a smooth map: the border at 1/2 is seen, and an image of it is small
        var map = Bands(last.Area, last.Logits[0].Length, last.Logits.Count, scale.Low, scale.High, scale.AsLogits ? "logit" : "D(x)",
            "#bbbbbb");
        map["hovertemplate"] = (scale.AsLogits ? "logit " : "D ") + "%{z}<extra></extra>";
        map["z"] = scale.Colors(last);
        var traces = new JsonArray(map,
            Scatter("markers", "real", Dot(RealColor, 4), FirstPoints("real", real, 500)),
            Scatter("markers", "fake", Dot(FakeColor, 5), Fakes(last), digits: 3),
            Scatter("lines", "G's pull", Line("#67000d", 1.2), scale.Pulls(last), digits: 3, silent: true));
        var steps = snapshots.Count > 1 ? $"steps {snapshots[0].Step} to {last.Step}" : $"step {last.Step}";
        var figure = new Figure(traces, PlaneLayout(title, last.Area), $"{title}: D's map with real and generated points, {steps}");
        if (snapshots.Count > 1)
        {
            figure._json["frames"] = new JsonArray([.. snapshots.Select(s => Frame(s, scale))]);
            AddPlayer(figure.Layout, "step", [.. snapshots.Select(s => $"{s.Step}")]);
        }

        return figure;
    }

    // What changes from moment to moment: the map, the fakes, the arrows.
    private static JsonObject Frame(GameSnapshot snapshot, GameScale scale) => new()
    {
        ["name"] = $"{snapshot.Step}",
        ["traces"] = new JsonArray(0, 2, 3),
        ["data"] = new JsonArray(new JsonObject { ["z"] = scale.Colors(snapshot) }, Places(Fakes(snapshot), digits: 3),
            Places(scale.Pulls(snapshot), digits: 3)),
    };

    private static IEnumerable<(double X, double Y)> Fakes(GameSnapshot snapshot) => snapshot.Fakes.Select(f => (f[0], f[1]));

    private static JsonObject Dot(string color, int size) => new() { ["color"] = color, ["size"] = size, ["opacity"] = 0.75 };

    // A map of ten bands from red to blue, white in the middle.
    private static JsonObject Bands(PlotArea area, int columns, int rows, double low, double high, string unit, string lineColor) => new()
    {
        ["type"] = "contour",
        ["x"] = Numbers(area.Xs(columns)), ["y"] = Numbers(area.Ys(rows)),
        ["colorscale"] = ColorScale((0, "#f9b49b"), (0.5, "#ffffff"), (1, "#9ecae1")),
        ["colorbar"] = ColorBar(unit, 0.8), ["line"] = Line(lineColor, 0.5),
        ["zmin"] = low, ["zmax"] = high,
        ["contours"] = new JsonObject { ["start"] = low, ["end"] = high, ["size"] = (high - low) / 10 }, // one line in the middle
    };

    private static JsonObject PlaneLayout(string title, PlotArea area, string xTitle = "x", string yTitle = "y")
    {
        JsonObject Axis(string name, double from, double to) => new()
        {
            ["range"] = Numbers([from, to]), ["title"] = Text(name), ["showgrid"] = false, ["zeroline"] = false, ["constrain"] = "domain",
        };
        var y = Axis(yTitle, area.Bottom, area.Top);
        y["scaleanchor"] = "x";
        return new()
        {
            ["title"] = Text(title), ["width"] = 620, ["height"] = 600, ["xaxis"] = Axis(xTitle, area.Left, area.Right), ["yaxis"] = y,
            ["legend"] = new JsonObject
            {
                ["orientation"] = "h", ["x"] = 0.5, ["xanchor"] = "center", ["y"] = 1.01, ["yanchor"] = "bottom",
            },
        };
    }

    // Values at R x R equally spaced places, a row for each y from the bottom up.
    private static double[][] ValuesOn(nn.Module<Tensor, Tensor> critic, PlotArea area)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var first = critic.parameters().First();
        double[] places = [.. area.Ys(MapResolution).SelectMany(y => area.Xs(MapResolution).SelectMany(x => (double[])[x, y]))];
        var values = critic.call(tensor(places, [places.Length / 2, 2]).to(first.dtype, first.device)) // (R * R)
            .to(ScalarType.Float64, CPU);
        return values.dim() == 1
            ? [.. values.data<double>().ToArray().Chunk(MapResolution)]
            : throw new ArgumentException(
                $"A map needs a critic that gives one number a point, not values of shape ({string.Join(", ", values.shape)}).",
                nameof(critic));
    }

    // What moments of one game are drawn with in common, so that they can be compared: a vanishing gradient is seen to vanish. Arrow is the
    // length on the plane of a pull of 1 (nine of ten arrows are shorter than an eighth of the area), Low and High the colours' ends.
    private sealed record GameScale(double Arrow, double Low, double High, bool AsLogits)
    {
        public static GameScale Of(IReadOnlyList<GameSnapshot> snapshots, bool asLogits)
        {
            RequireSome(snapshots, nameof(snapshots));
            var first = snapshots[0];
            if (snapshots.DistinctBy(s => (s.Area, s.Logits.Count, s.Logits[0].Length)).Count() > 1)
            {
                throw new ArgumentException("The moments of one game must be of one area and resolution.", nameof(snapshots));
            }

            double[] lengths = [.. snapshots.SelectMany(s => s.Pulls).Select(p => Math.Sqrt(p[0] * p[0] + p[1] * p[1]))
                .Where(double.IsFinite).Order()];
            var long90 = lengths.Length > 0 ? lengths[(int)(0.9 * (lengths.Length - 1))] : 0;
            var arrow = long90 > 0 ? (first.Area.Right - first.Area.Left) / 8 / long90 : 1;
            var largest = snapshots.SelectMany(s => s.Logits).SelectMany(row => row).Where(double.IsFinite).Select(Math.Abs)
                .DefaultIfEmpty(1).Max();
            largest = Math.Max(largest, 1e-6);
            return asLogits ? new(arrow, -largest, largest, true) : new(arrow, 0, 1, false);
        }

        public JsonArray Colors(GameSnapshot snapshot) => AsLogits
            ? Rows(snapshot.Logits, digits: 3)
            : Rows(snapshot.Logits.Select(row => row.Select(l => 1 / (1 + Math.Exp(-l)))), digits: 2);

        public IEnumerable<(double X, double Y)> Pulls(GameSnapshot snapshot) => Fakes(snapshot).Zip(snapshot.Pulls)
            .SelectMany(pair => Figure.Arrow(pair.First, (pair.Second[0] * Arrow, pair.Second[1] * Arrow), snapshot.Area));
    }
}
