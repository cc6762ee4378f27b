using System.Globalization;
using System.Text.Json.Nodes;
using ResearchKit.Diagnostics;
using ResearchKit.Imaging;
using TorchSharp;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    /// <summary>
    /// The game in the plane: D as a map of coloured bands, real points, fakes, and on each fake an arrow along which G's loss falls
    /// fastest.
    /// Several snapshots make an animation with a slider; it opens on the last.
    /// </summary>
    /// <param name="title">The title.</param>
    /// <param name="real">Real points, shape (N, 2); at most the first 500 are drawn.</param>
    /// <param name="snapshots">The moments, at least one, all of one area and resolution.</param>
    /// <param name="asLogits">True to colour by the logit (for critics, which give no probability), false for D(x); white is then 0, and
    /// the scale is common to all moments.</param>
    /// <exception cref="ArgumentException">There is no snapshot, they are not of one area and resolution, or the points are not of the
    /// plane.</exception>
    public static Figure Game(string title, torch.Tensor real, IReadOnlyList<GameSnapshot> snapshots, bool asLogits = false) =>
        Game(title, real, snapshots, GameScale.Of(snapshots, asLogits));

    /// <summary>Moments of a game side by side, with one scale of colours and arrows for all.</summary>
    /// <param name="title">The title above all.</param>
    /// <param name="columns">Panels a row, at least 1.</param>
    /// <param name="real">Real points, shape (N, 2); at most the first 500 are drawn in each panel.</param>
    /// <param name="snapshots">The moments, at least one, all of one area and resolution.</param>
    /// <param name="asLogits">As in <see cref="Game(string, torch.Tensor, IReadOnlyList{GameSnapshot}, bool)"/>.</param>
    /// <exception cref="ArgumentException">There is no snapshot, they are not of one area and resolution, or the points are not of the
    /// plane.</exception>
    public static Figure GameMoments(string title, int columns, torch.Tensor real, IReadOnlyList<GameSnapshot> snapshots,
        bool asLogits = false)
    {
        var scale = GameScale.Of(snapshots, asLogits);
        return SideBySide(title, columns, [.. snapshots.Select(s => Game($"step {StepName(s)}", real, [s], scale))]);
    }

    private static Figure Game(string title, torch.Tensor real, IReadOnlyList<GameSnapshot> snapshots, GameScale scale)
    {
        ArgumentNullException.ThrowIfNull(real);
        var last = snapshots[^1];
        var (xs, ys) = Columns("real", real.slice(0, 0, Math.Min(500, real.shape[0]), 1));
        var map = new JsonObject
        {
            ["type"] = "contour", // bands, not a smooth map: the border at 1/2 is seen, and a picture of it is small
            ["x"] = Numbers(last.Area.Xs(last.Logits[0].Length)),
            ["y"] = Numbers(last.Area.Ys(last.Logits.Count)),
            ["colorscale"] = new JsonArray(new JsonArray(0, "#f9b49b"), new JsonArray(0.5, "#ffffff"), new JsonArray(1, "#9ecae1")),
            ["colorbar"] = new JsonObject { ["title"] = new JsonObject { ["text"] = scale.AsLogits ? "logit" : "D(x)" }, ["len"] = 0.8 },
            ["line"] = new JsonObject { ["width"] = 0.5, ["color"] = "#bbbbbb" },
            ["hovertemplate"] = (scale.AsLogits ? "logit " : "D ") + "%{z}<extra></extra>",
            ["zmin"] = scale.Low,
            ["zmax"] = scale.High,
            // a line in the middle
            ["contours"] = new JsonObject { ["start"] = scale.Low, ["end"] = scale.High, ["size"] = (scale.High - scale.Low) / 10 },
        };

        var figure = new JsonObject
        {
            ["data"] = new JsonArray(
                map,
                Cloud("real", RealColor, 4, Numbers(xs), Numbers(ys)),
                Cloud("fake", FakeColor, 5),
                new JsonObject
                {
                    ["type"] = "scatter", ["mode"] = "lines", ["name"] = "G's pull", ["hoverinfo"] = "skip",
                    ["line"] = new JsonObject { ["color"] = "#67000d", ["width"] = 1.2 },
                }),
            ["layout"] = GameLayout(title, last.Area),
        };
        var frames = snapshots.Select(s => Frame(s, scale)).ToList();
        foreach (var (trace, values) in ((int[])[0, 2, 3]).Zip(frames[^1]["data"]!.AsArray()))
        {
            foreach (var (key, value) in values!.AsObject())
            {
                figure["data"]![trace]![key] = value!.DeepClone();
            }
        }

        if (frames.Count > 1)
        {
            figure["frames"] = new JsonArray([.. frames]);
            AddPlayer(figure["layout"]!.AsObject(), [.. snapshots.Select(s => StepName(s))]);
        }

        return new Figure(figure, $"{title}: D's map with real and generated points, {(snapshots.Count > 1 ? $"steps " +
            $"{snapshots[0].Step} to {last.Step}" : $"step {last.Step}")}");
    }

    private static JsonObject Cloud(string name, string color, int size, JsonArray? x = null, JsonArray? y = null) => new()
    {
        ["type"] = "scatter", ["mode"] = "markers", ["name"] = name, ["x"] = x, ["y"] = y,
        ["marker"] = new JsonObject { ["color"] = color, ["size"] = size, ["opacity"] = 0.75 },
    };

    // What changes from moment to moment: the map, the fakes, the arrows.
    private static JsonObject Frame(GameSnapshot snapshot, GameScale scale)
    {
        var z = new JsonArray([.. snapshot.Logits.Select(row => Numbers(row.Select(l => scale.AsLogits ? l : 1 / (1 + Math.Exp(-l))),
            digits: scale.AsLogits ? 3 : 2))]);
        var (arrowX, arrowY) = (new List<double>(), new List<double>());
        foreach (var (fake, pull) in snapshot.Fakes.Zip(snapshot.Pulls))
        {
            AddArrow(arrowX, arrowY, fake, [pull[0] * scale.Arrow, pull[1] * scale.Arrow], snapshot.Area);
        }

        return new JsonObject
        {
            ["name"] = StepName(snapshot),
            ["traces"] = new JsonArray(0, 2, 3),
            ["data"] = new JsonArray(
                new JsonObject { ["z"] = z },
                new JsonObject { ["x"] = Numbers(snapshot.Fakes.Select(f => f[0]), digits: 3),
                    ["y"] = Numbers(snapshot.Fakes.Select(f => f[1]), digits: 3) },
                new JsonObject { ["x"] = Numbers(arrowX, digits: 3), ["y"] = Numbers(arrowY, digits: 3) }),
        };
    }

    private static string StepName(GameSnapshot snapshot) => snapshot.Step.ToString(CultureInfo.InvariantCulture);

    // A shaft and two barbs; no arrow is longer than a fifth of the area.
    private static void AddArrow(List<double> xs, List<double> ys, double[] from, double[] by, PlotArea area)
    {
        var length = Math.Sqrt(by[0] * by[0] + by[1] * by[1]);
        var longest = (area.Right - area.Left) / 5;
        if (!double.IsFinite(length + from[0] + from[1]) || length < longest / 100)
        {
            return;
        }

        var cut = Math.Min(1, longest / length);
        double[] tip = [from[0] + by[0] * cut, from[1] + by[1] * cut];
        (double X, double Y) Barb(double side) =>
            (tip[0] - cut * (0.25 * by[0] + side * 0.15 * by[1]), tip[1] - cut * (0.25 * by[1] - side * 0.15 * by[0]));
        foreach (var (x, y) in ((double, double)[])[(from[0], from[1]), (tip[0], tip[1]), Barb(1), (tip[0], tip[1]), Barb(-1),
            (double.NaN, double.NaN)])
        {
            xs.Add(x);
            ys.Add(y);
        }
    }

    private static JsonObject GameLayout(string title, PlotArea area) => new()
    {
        ["title"] = new JsonObject { ["text"] = title },
        ["width"] = 620,
        ["height"] = 600,
        ["xaxis"] = new JsonObject { ["range"] = Numbers([area.Left, area.Right]), ["title"] = new JsonObject { ["text"] = "x" },
            ["showgrid"] = false, ["zeroline"] = false, ["constrain"] = "domain" },
        ["yaxis"] = new JsonObject { ["range"] = Numbers([area.Bottom, area.Top]), ["title"] = new JsonObject { ["text"] = "y" },
            ["showgrid"] = false, ["zeroline"] = false, ["scaleanchor"] = "x", ["constrain"] = "domain" },
        ["legend"] = new JsonObject { ["orientation"] = "h", ["x"] = 0.5, ["xanchor"] = "center", ["y"] = 1.01, ["yanchor"] = "bottom" },
    };
}
