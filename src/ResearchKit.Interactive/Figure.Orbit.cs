using System.Globalization;
using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Dirac;
using ResearchKit.Imaging;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    private const int ArrowsPerSide = 9;
    private const int OrbitPoints = 320;

    private static readonly string[] OrbitColors = [RealColor, FakeColor, GoodColor, "#ff7f0e", "#9467bd"];

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
        var traces = new JsonArray(FlowArrows(game, area));
        foreach (var (i, (name, states)) in orbits.Index())
        {
            if (states.Count == 0)
            {
                throw new ArgumentException($"The orbit {name} has no states.", nameof(orbits));
            }

            var (color, start, end) = (OrbitColors[i % OrbitColors.Length], states[0], states[^1]);
            var ends = new JsonObject { ["color"] = color, ["size"] = 8, ["symbol"] = new JsonArray("circle-open", "circle") };
            var every = Math.Max(1, (states.Count + OrbitPoints - 1) / OrbitPoints);
            var drawn = states.Where((_, state) => state % every == 0 || state == states.Count - 1);
            traces.Add((JsonNode)Scatter("lines", name, Line(color, 1.4), drawn.Select(p => (p.Theta, p.Psi)), digits: 3));
            traces.Add((JsonNode)Scatter("markers", null, ends, [(start.Theta, start.Psi), (end.Theta, end.Psi)], silent: true));
        }

        var cross = new JsonObject { ["symbol"] = "cross-thin", ["size"] = 11, ["line"] = Line("#000000", 2) };
        traces.Add((JsonNode)Scatter("markers", null, cross, [(0, 0)], silent: true));
        var ways = orbits.Select(o => string.Create(CultureInfo.InvariantCulture,
            $"{o.Name} from a distance of {o.Way[0].Radius:0.00} to {o.Way[^1].Radius:0.00}"));
        return new Figure(traces, PlaneLayout(title, area, "θ (the generated point)", "ψ (D's slope)"), Listing(title, ways));
    }

    private static JsonObject FlowArrows(DiracGan game, PlotArea area)
    {
        var length = (area.Right - area.Left) / (1.8 * ArrowsPerSide);
        var places = from x in area.Xs(ArrowsPerSide + 2)[1..^1] from y in area.Ys(ArrowsPerSide + 2)[1..^1] select (x, y);
        var arrows = places.SelectMany(place =>
        {
            var velocity = game.Velocity(new(place.x, place.y));
            var scale = length / velocity.Radius; // infinite, and then no arrow, where there is no velocity
            var by = (X: velocity.Theta * scale, Y: velocity.Psi * scale);
            return Arrow((place.x - (by.X / 2), place.y - (by.Y / 2)), by, area);
        });
        return Scatter("lines", "directions of the flow", Line("#b0b0b0", 1), arrows, digits: 3, silent: true);
    }
}
