using System.Text.Json.Nodes;
using ResearchKit.Imaging;
using TorchSharp;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    private const int MapResolution = 61;

    /// <summary>
    /// The values of a critic over the plane, with real and generated points. The colours go from the least value in the area to the
    /// greatest, so that shapes can be compared where
    /// sizes cannot; between two lines the value changes by a tenth of that range, so lines at equal distances mean a constant slope.
    /// </summary>
    /// <param name="title">The title.</param>
    /// <param name="critic">The network, giving one number a point.</param>
    /// <param name="area">The part of the plane to look at.</param>
    /// <param name="real">Real points, shape (N, 2); at most the first 300 are drawn.</param>
    /// <param name="fake">Generated points, likewise.</param>
    /// <exception cref="ArgumentException">The points are not of the plane, or the critic gives not one number a point.</exception>
    public static Figure CriticMap(string title, torch.nn.Module<torch.Tensor, torch.Tensor> critic, PlotArea area, torch.Tensor real,
        torch.Tensor fake)
    {
        ArgumentNullException.ThrowIfNull(critic);
        ArgumentNullException.ThrowIfNull(area);
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        var rows = ValuesOn(critic, area);
        var (low, high) = (rows.Min(r => r.Min()), rows.Max(r => r.Max()));
        var range = high > low ? high - low : 1;
        JsonObject Points(string name, string color, torch.Tensor points)
        {
            var (xs, ys) = Columns(name, points.slice(0, 0, Math.Min(300, points.shape[0]), 1));
            return Cloud(name, color, 3, Numbers(xs, digits: 3), Numbers(ys, digits: 3));
        }

        var map = new JsonObject
        {
            ["type"] = "contour",
            ["x"] = Numbers(area.Xs(MapResolution)),
            ["y"] = Numbers(area.Ys(MapResolution)),
            ["z"] = new JsonArray([.. rows.Select(row => Numbers(row.Select(v => (v - low) / range), digits: 3))]),
            ["colorscale"] = new JsonArray(new JsonArray(0, "#f9b49b"), new JsonArray(0.5, "#ffffff"), new JsonArray(1, "#9ecae1")),
            ["colorbar"] = new JsonObject { ["title"] = new JsonObject { ["text"] = "share of range" }, ["len"] = 0.8 },
            ["line"] = new JsonObject { ["width"] = 0.5, ["color"] = "#888888" },
            ["hoverinfo"] = "skip",
            ["zmin"] = 0,
            ["zmax"] = 1,
            ["contours"] = new JsonObject { ["start"] = 0, ["end"] = 1, ["size"] = 0.1 },
        };
        var figure = new JsonObject
        {
            ["data"] = new JsonArray(map, Points("real", RealColor, real), Points("fake", FakeColor, fake)),
            ["layout"] = GameLayout(title, area),
        };
        return new Figure(figure, $"{title}: the critic's values over the plane, with real and generated points");
    }

    private static List<double[]> ValuesOn(torch.nn.Module<torch.Tensor, torch.Tensor> critic, PlotArea area)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var (xs, ys) = (area.Xs(MapResolution), area.Ys(MapResolution));
        var first = critic.parameters().First();
        var places = torch.tensor(ys.SelectMany(y => xs.SelectMany(x => (double[])[x, y])).ToArray(),
            [ys.Length * xs.Length, 2]).to(first.dtype, first.device);
        var values = critic.call(places).to(torch.ScalarType.Float64, torch.CPU); // (R * R), row by row from the bottom
        if (values.dim() != 1)
        {
            throw new ArgumentException($"A map needs a critic that gives one number a point, not values of shape ({string.Join(", " +
                "", values.shape)}).", nameof(critic));
        }

        return [.. values.data<double>().ToArray().Chunk(MapResolution)];
    }
}
