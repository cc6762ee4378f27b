using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Dirac;
using ResearchKit.Imaging;
using ResearchKit.Interactive;
using ResearchKit.Losses;

namespace ResearchKit.Tests.Interactive;

public class OrbitFigureTests
{
    private static readonly DiracGan Game = new(new WassersteinLoss());

    [Fact]
    public void An_orbit_is_drawn_over_the_directions_of_the_flow()
    {
        var way = Game.Orbit(new(1, 0), 1000, new());
        var figure = Figure.Orbit("circle", Game, PlotArea.Square(2), ("alternating", way));
        var data = JsonNode.Parse(figure.ToJson())!["data"]!.AsArray();
        Assert.Equal(["directions of the flow", "alternating", null, null], data.Select(t => (string?)t!["name"]));
        Assert.InRange(data[1]!["x"]!.AsArray().Count, 200, 321);
        Assert.Equal([1, way[^1].Theta], data[2]!["x"]!.AsArray().Select(v => (double)v!), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Contains("from a distance of 1.00 to 1.0", figure.Caption, StringComparison.Ordinal);

        // 81 places, of which the middle one is the equilibrium; six numbers an arrow.
        var (x, y) = (data[0]!["x"]!.AsArray(), data[0]!["y"]!.AsArray());
        Assert.Equal(80 * 6, x.Count);
        double[] shaft = [(double)x[1]! - (double)x[0]!, (double)y[1]! - (double)y[0]!];
        double[] middle = [((double)x[1]! + (double)x[0]!) / 2, ((double)y[1]! + (double)y[0]!) / 2];
        Assert.Equal(0, (shaft[0] * middle[0]) + (shaft[1] * middle[1]), 1e-2); // across the radius: the flow turns
        Assert.True((middle[0] * shaft[1]) - (middle[1] * shaft[0]) < 0); // clockwise
    }

    [Fact]
    public void Small_multiples_keep_one_legend()
    {
        var way = Game.Orbit(new(1, 0), 3, new());
        var panel = Figure.Orbit("a", Game, PlotArea.Square(2), ("steps", way), ("again", way));
        var json = JsonNode.Parse(Figure.SideBySide("two", 2, panel, Figure.Orbit("b", Game, PlotArea.Square(2), ("steps", way)))
            .ToJson())!;
        Assert.Equal(1, json["data"]!.AsArray().Count(t => (string?)t!["name"] == "steps" && (bool)t["showlegend"]!));
        Assert.Equal("x2", (string)json["layout"]!["yaxis2"]!["scaleanchor"]!);
    }

    [Fact]
    public void Nothing_to_draw_is_said()
    {
        Assert.Throws<ArgumentException>(() => Figure.Orbit("none", Game, PlotArea.Square(1)));
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => Figure.Orbit("none", Game, PlotArea.Square(1),
            ("empty", []))).Message, StringComparison.Ordinal);
    }
}
