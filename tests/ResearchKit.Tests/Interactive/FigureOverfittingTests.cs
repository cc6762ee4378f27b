using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Overfitting;
using ResearchKit.Interactive;

namespace ResearchKit.Tests.Interactive;

public class FigureOverfittingTests
{
    private static readonly OverfittingProbe[] Probes = [new(1, 0.5, -1, 0.2, 0.1), new(2, -0.5, -1, 0.9, -0.2)];

    [Fact]
    public void Three_curves_two_of_them_real()
    {
        var json = JsonNode.Parse(Figure.Overfitting("500 images", [100, 200], Probes).ToJson())!;
        var curves = json["data"]!.AsArray();
        Assert.Equal(["train", "held-out", "generated"], curves.Select(c => (string)c!["name"]!));
        Assert.Equal([1, 2, 0.5, -0.5, -1, -1], curves.SelectMany(c => c!["y"]!.AsArray()).Select(y => (double)y!));
        Assert.Equal((string)curves[0]!["line"]!["color"]!, (string)curves[1]!["line"]!["color"]!);
        Assert.Equal(["solid", "dash", "solid"], curves.Select(c => (string)c!["line"]!["dash"]!));
        Assert.Null(json["layout"]!["yaxis"]!["range"]);
    }

    [Fact]
    public void A_range_is_kept_so_that_panels_can_be_compared()
    {
        var json = JsonNode.Parse(Figure.Overfitting("500 images", [100, 200], Probes, (-3, 4)).ToJson())!;
        Assert.Equal([-3, 4], json["layout"]!["yaxis"]!["range"]!.AsArray().Select(v => (double)v!));
    }

    [Fact]
    public void No_probe_or_another_number_of_steps_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Figure.Overfitting("none", [], []));
        Assert.Throws<ArgumentException>(() => Figure.Overfitting("odd", [100], Probes));
    }
}
