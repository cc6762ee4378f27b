using System.Globalization;
using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Dirac;
using ResearchKit.Imaging;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    private const int ArrowsPerSide = 9;
    private const int OrbitPoints = 320;

    private static readonly string[] OrbitColors = [RealColor, FakeColor, "#2ca02c", "#ff7f0e", "#9467bd"];

    /// <summary>The Dirac game: arrows for the direction in which gradient flow goes at each place, and the ways that were taken. A ring
    /// marks a start, a disc an end, a cross the equilibrium.</summary>
    /// <param name="title">The title.</param>
    /// <param name="game">The game, for the arrows; they show directions only, all have one length.</param>
    /// <param name="area">The part of the plane to look at: theta to the right, psi upwards.</param>
    /// <param name="orbits">Each way's name and its states; at most 320 of them are drawn, equally spaced in time.</param>
    /// <exception cref="ArgumentException">There is no orbit, or one without states.</exception>
    public static Figure Orbit(string title, DiracGan game, PlotArea area, params (string Name, IReadOnlyList<DiracPoint> Way)[] orbits)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(area);
        RequireSome(orbits, nameof(orbits));
        if (Array.Find(orbits, o => o.Way.Count == 0) is { Name: not null } empty)
        {
            throw new ArgumentException($"The orbit {empty.Name} has no states.", nameof(orbits));
        }

        var data = new JsonArray(FlowArrows(game, area));
        foreach (var (i, (name, way)) in orbits.Index())
        {
            var color = OrbitColors[i % OrbitColors.Length];
            var drawn = Thinned(way);
            data.Add((JsonNode)OrbitLine(name, color, drawn));
            data.Add((JsonNode)OrbitEnds(color, way));
        }

        data.Add((JsonNode)new JsonObject
        {
            ["type"] = "scatter", ["mode"] = "markers", ["x"] = new JsonArray(0), ["y"] = new JsonArray(0), ["hoverinfo"] = "skip",
                ["showlegend"] = false,
            ["marker"] = new JsonObject { ["symbol"] = "cross-thin", ["size"] = 11,
                ["line"] = new JsonObject { ["width"] = 2, ["color"] = "#000000" } },
        });
        var layout = GameLayout(title, area);
        layout["xaxis"]!["title"]!["text"] = "θ (the generated point)";
        layout["yaxis"]!["title"]!["text"] = "ψ (D's slope)";
        return new Figure(
            new JsonObject { ["data"] = data, ["layout"] = layout },
            $"{title}: {string.Join(", ", orbits.Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Name} from a distance of " +
                $"{o.Way[0].Radius:0.00} to {o.Way[^1].Radius:0.00}")))}");
    }

    private static JsonObject FlowArrows(DiracGan game, PlotArea area)
    {
        var (arrowX, arrowY) = (new List<double>(), new List<double>());
        var length = (area.Right - area.Left) / (1.8 * ArrowsPerSide);
        foreach (var (x, y) in area.Xs(ArrowsPerSide + 2)[1..^1].SelectMany(x => area.Ys(ArrowsPerSide + 2)[1..^1].Select(y => (x, y))))
        {
            var velocity = game.Velocity(new(x, y));
            var scale = length / velocity.Radius;
            double[] by = [velocity.Theta * scale, velocity.Psi * scale];
            AddArrow(arrowX, arrowY, [x - (by[0] / 2), y - (by[1] / 2)], by, area); // nothing where there is no velocity
        }

        return new JsonObject
        {
            ["type"] = "scatter", ["mode"] = "lines", ["name"] = "directions of the flow", ["hoverinfo"] = "skip",
            ["x"] = Numbers(arrowX, digits: 3), ["y"] = Numbers(arrowY, digits: 3),
            ["line"] = new JsonObject { ["color"] = "#b0b0b0", ["width"] = 1 },
        };
    }

    private static List<DiracPoint> Thinned(IReadOnlyList<DiracPoint> way)
    {
        var every = Math.Max(1, (way.Count + OrbitPoints - 1) / OrbitPoints);
        return [.. way.Where((_, i) => i % every == 0 || i == way.Count - 1)];
    }

    private static JsonObject OrbitLine(string name, string color, List<DiracPoint> way) => new()
    {
        ["type"] = "scatter", ["mode"] = "lines", ["name"] = name,
        ["x"] = Numbers(way.Select(p => p.Theta), digits: 3), ["y"] = Numbers(way.Select(p => p.Psi), digits: 3),
        ["line"] = new JsonObject { ["color"] = color, ["width"] = 1.4 },
    };

    private static JsonObject OrbitEnds(string color, IReadOnlyList<DiracPoint> way) => new()
    {
        ["type"] = "scatter", ["mode"] = "markers", ["hoverinfo"] = "skip", ["showlegend"] = false,
        ["x"] = Numbers([way[0].Theta, way[^1].Theta]), ["y"] = Numbers([way[0].Psi, way[^1].Psi]),
        ["marker"] = new JsonObject { ["color"] = color, ["size"] = 8, ["symbol"] = new JsonArray("circle-open", "circle") },
    };
}
