using System.Text.Json.Nodes;
using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics;
using ResearchKit.Imaging;
using ResearchKit.Interactive;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Interactive;

public class FigureTests
{
    private static readonly PlotArea Area = PlotArea.Square(2);

    [Fact]
    public void A_game_of_one_moment_is_a_map_with_points_and_arrows()
    {
        var json = Json(Figure.Game("one", Real(), [Snapshot(0, 1)]));
        var data = json["data"]!.AsArray();
        Assert.Equal(["contour", "scatter", "scatter", "scatter"], data.Select(t => (string)t!["type"]!));
        Assert.Equal([0.5, 0.73], data[0]!["z"]![0]!.AsArray().Select(v => (double)v!)); // sigmoid of 0 and 1
        Assert.Equal(6, data[3]!["x"]!.AsArray().Count); // shaft, two barbs, a gap
        Assert.Null(json["frames"]);
        Assert.Null(json["layout"]!["sliders"]);
    }

    [Fact]
    public void Several_moments_are_frames_with_a_slider_that_stands_on_the_last()
    {
        var json = Json(Figure.Game("three", Real(), [Snapshot(0, 1), Snapshot(10, 2), Snapshot(200, 3)]));
        var frames = json["frames"]!.AsArray();
        Assert.Equal(["0", "10", "200"], frames.Select(f => (string)f!["name"]!));
        var slider = json["layout"]!["sliders"]![0]!;
        Assert.Equal(2, (int)slider["active"]!);
        Assert.Equal(["0", "10", "200"], slider["steps"]!.AsArray().Select(s => (string)s!["args"]![0]![0]!));
        Assert.Equal(frames[2]!["data"]![0]!["z"]!.ToJsonString(), json["data"]![0]!["z"]!.ToJsonString());
        Assert.Equal(2, json["layout"]!["updatemenus"]![0]!["buttons"]!.AsArray().Count);
    }

    [Fact]
    public void What_is_not_finite_leaves_a_gap_and_no_arrow()
    {
        var snapshot = Snapshot(0, 1) with { Fakes = [[double.NaN, 0]], Pulls = [[1, 1]] };
        var json = Json(Figure.Game("gap", Real(), [snapshot], asLogits: true));
        Assert.Null(json["data"]![2]!["x"]![0]);
        Assert.Empty(json["data"]![3]!["x"]!.AsArray());
        Assert.Equal((-1, 1), ((double)json["data"]![0]!["zmin"]!, (double)json["data"]![0]!["zmax"]!)); // white is logit 0
    }

    [Fact]
    public void Arrows_of_one_game_have_one_scale_and_a_greatest_length()
    {
        var weak = Snapshot(0, 1) with { Fakes = [.. Enumerable.Repeat<double[]>([0, 0], 20)],
            Pulls = [.. Enumerable.Repeat<double[]>([1, 0], 20)] };
        var strong = weak with { Step = 1, Pulls = [.. Enumerable.Repeat<double[]>([0.1, 0], 19), [1000, 0]] };
        var json = Json(Figure.Game("scale", Real(), [weak, strong]));
        double Tip(int frame, int arrow) => (double)json["frames"]![frame]!["data"]![2]!["x"]![6 * arrow + 1]!;
        Assert.Equal(0.5, Tip(0, 0), 1e-9); // an eighth of the area
        Assert.Equal(0.05, Tip(1, 0), 1e-9);
        Assert.Equal(0.8, Tip(1, 19), 1e-9); // a fifth
    }

    [Fact]
    public void Moments_side_by_side_have_one_scale_too()
    {
        var weak = Snapshot(0, 1) with { Pulls = [[0.1, 0]] };
        var json = Json(Figure.GameMoments("moments", 2, Real(), [weak, Snapshot(5, 2), Snapshot(6, 2)]));
        double Shaft(int panel) => (double)json["data"]![4 * panel + 3]!["x"]![1]! - 0.5;
        Assert.Equal(10, Shaft(1) / Shaft(0), 0.2);
        Assert.Equal(["step 0", "step 5", "step 6"], json["layout"]!["annotations"]!.AsArray().Select(a => (string)a!["text"]!));
        Assert.Throws<ArgumentException>(() => Figure.GameMoments("mixed", 2, Real(), [weak, weak with { Area = PlotArea.Square(1) }]));
    }

    [Fact]
    public void Long_titles_and_legends_get_lines_and_room()
    {
        Figure Panel(params string[] names) =>
            Figure.Curves("panel", "x", "y", [.. names.Select(n => (n, (IReadOnlyList<double>)[0, 1], (IReadOnlyList<double>)[1, 2]))]);
        var small = Json(Figure.SideBySide("short", 2, Panel("a"), Panel("b")))["layout"]!;
        var wide = Json(Figure.SideBySide(string.Join(' ', Enumerable.Repeat("title", 20)), 2,
            Panel("a rather long name", "another long name"), Panel("and a third long name", "the fourth one")))["layout"]!;
        Assert.Equal(75, ((string)wide["title"]!["text"]!).IndexOf("<br>", StringComparison.Ordinal), 4.0);
        Assert.True((double)wide["margin"]!["t"]! > (double)small["margin"]!["t"]!);
        Assert.True((double)wide["margin"]!["b"]! > (double)small["margin"]!["b"]!);
        Assert.Equal( // the panels keep their size
            (double)small["height"]! - (double)small["margin"]!["t"]! - (double)small["margin"]!["b"]!,
                (double)wide["height"]! - (double)wide["margin"]!["t"]! - (double)wide["margin"]!["b"]!);
    }

    [Fact]
    public void Panels_have_axes_of_their_own_and_one_legend()
    {
        var panel = Figure.Points("left", ("real", Real()), ("fake", Real()));
        var json = Json(Figure.SideBySide("two", 2, panel, Figure.Curves("right", "x", "y", ("line", [0, 1], [1, 2])),
            Figure.Game("map", Real(), [Snapshot(0, 1)])));
        Assert.Equal(["x", "x", "x2", "x3", "x3", "x3", "x3"], json["data"]!.AsArray().Select(t => (string)t!["xaxis"]!));
        Assert.Equal("x3", (string)json["layout"]!["yaxis3"]!["scaleanchor"]!);
        var map = Figure.Game("map", Real(), [Snapshot(0, 1)]);
        double Height(params Figure[] panels) => (double)Json(Figure.SideBySide("t", 2, panels))["layout"]!["height"]!;
        Assert.True(Height(map, map) < Height(map, Figure.Curves("c", "x", "y", ("a", [0, 1], [1, 2])))); // rows as high as maps
        Assert.Equal((null, "top"), // a map has its scales tied, and lies below its title
            ((string?)json["layout"]!["yaxis2"]!["constraintoward"], (string?)json["layout"]!["yaxis3"]!["constraintoward"]));
        Assert.Equal(["left", "right", "map"], json["layout"]!["annotations"]!.AsArray().Select(a => (string)a!["text"]!));
        Assert.Equal(1, json["data"]!.AsArray().Count(t => (string?)t!["name"] == "real" && (bool)t["showlegend"]!));
        // panels without one below
        Assert.Equal(["", "x", "x"], ((string[])["xaxis", "xaxis2", "xaxis3"])
            .Select(a => (string?)json["layout"]![a]!["title"]?["text"] ?? ""));
        Assert.Null(json["layout"]!["yaxis2"]!["title"]);
        Assert.Contains("animated", Assert.Throws<ArgumentException>(() => Figure.SideBySide("no", 1,
            Figure.Game("moving", Real(), [Snapshot(0, 1), Snapshot(1, 1)]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_has_one_colour_in_all_panels()
    {
        Figure Panel(string title, params string[] names) =>
            Figure.Curves(title, "x", "y", [.. names.Select(n => (n, (IReadOnlyList<double>)[0, 1], (IReadOnlyList<double>)[1, 2]))]);
        var data = Json(Figure.SideBySide("three", 3, Panel("a", "loss"), Panel("b", "rate", "loss"),
            Panel("c", "rate")))["data"]!.AsArray();
        var colors = data.Select(t => (Name: (string)t!["name"]!, Color: (string)t["line"]!["color"]!)).Distinct().ToList();
        Assert.Equal(["loss", "rate"], colors.Select(c => c.Name));
        Assert.NotEqual(colors[0].Color, colors[1].Color);
    }

    [Fact]
    public void A_histogram_counts_every_finite_value_once()
    {
        var json = Json(Figure.Histogram("h", "value", 4, ("a", [0, 1, 2, 3, 4, double.NaN]), ("b", [4, 4])));
        Assert.Equal([0.2, 0.2, 0.2, 0.4], json["data"]![0]!["y"]!.AsArray().Select(v => (double)v!));
        Assert.Equal([0, 0, 0, 1.0], json["data"]![1]!["y"]!.AsArray().Select(v => (double)v!));
        Assert.Equal([0.5, 1.5, 2.5, 3.5], json["data"]![0]!["x"]!.AsArray().Select(v => (double)v!));
        Assert.Single(Json(Figure.Histogram("one value", "value", 1, ("a", [7.0])))["data"]!.AsArray());
    }

    [Fact]
    public void Bars_carry_their_errors()
    {
        var json = Json(Figure.Bars("b", "modes", ["x", "y"], ("first", [1, 2], [0.1, 0.2]), ("second", [3, 4], null)));
        Assert.Equal([0.1, 0.2], json["data"]![0]!["error_y"]!["array"]!.AsArray().Select(v => (double)v!));
        Assert.Null(json["data"]![1]!["error_y"]);
        Assert.Throws<ArgumentException>(() => Figure.Bars("b", "modes", ["x"], ("odd", [1, 2], null)));
    }

    [Fact]
    public void The_learned_discriminator_lies_over_the_densities()
    {
        var json = Json(Figure.LearnedDiscriminator("D", [0, 1], [0.4, 0.6], [0.5, double.NaN], [1, 0.2], [0.1, 0.3]));
        Assert.Equal(["tozeroy", "tozeroy", null, null], json["data"]!.AsArray().Select(t => (string?)t!["fill"]));
        Assert.Equal("dash", (string)json["data"]![2]!["line"]!["dash"]!);
        Assert.Equal(1.05, (double)json["layout"]!["yaxis"]!["range"]![1]!); // a spike of a density would flatten D
        json = Json(Figure.LearnedDiscriminator("D", [0, 1], [0.4, 0.6], best: null, [1, 0.2], [0.1, 0.3]));
        Assert.Equal(["p, real", "q, fake", "learned D"], json["data"]!.AsArray().Select(t => (string)t!["name"]!));
    }

    [Fact]
    public void Dots_stand_in_rows_from_the_top()
    {
        var json = Json(Figure.Dots("d", "distance", ["first", "second"], logarithmic: true,
            ("seed 0", [1, 10]), ("seed 1", [2, double.NaN])));
        Assert.Equal(("log", "reversed"), ((string)json["layout"]!["xaxis"]!["type"]!, (string)json["layout"]!["yaxis"]!["autorange"]!));
        Assert.Equal(["first", "second"], json["data"]![1]!["y"]!.AsArray().Select(n => (string)n!));
        Assert.Null(json["data"]![1]!["x"]![1]);
        string? Ticks(double last, bool logarithmic) => (string?)Json(Figure.Dots("d", "x", ["a", "b"], logarithmic, ("s", [1, last])))
            ["layout"]!["xaxis"]!["dtick"];
        Assert.Equal(["D2", null, null], new[] { Ticks(10, true), Ticks(1e6, true), Ticks(10, false) }); // 1, 2, 5, 10 where there is room
        Assert.Throws<ArgumentException>(() => Figure.Dots("d", "x", ["a"], logarithmic: false, ("s", [1, 2])));
    }

    [Fact]
    public void A_level_goes_over_the_whole_width()
    {
        var json = Json(Figure.Curves("c", "x", "y", ("a", [1, 2], [3, 4]), ("b", [0, 5], [3, 4])).WithLevel(0.5, "floor"));
        var level = json["data"]![2]!;
        Assert.Equal(("floor", "dash"), ((string)level["name"]!, (string)level["line"]!["dash"]!));
        Assert.Equal([0.0, 5.0, 0.5, 0.5], level["x"]!.AsArray().Concat(level["y"]!.AsArray()).Select(v => double.Parse($"{v}")));
        Assert.Throws<InvalidOperationException>(() => Figure.Bars("b", "y", ["one"], ("a", [1], null)).WithLevel(1, "floor"));
        var curve = Figure.Curves("c", "x", "y", ("a", [1, 2], [3, 400])).WithLogarithmicY();
        Assert.Equal("log", (string)Json(Figure.SideBySide("both", 2, curve, curve))["layout"]!["yaxis2"]!["type"]!);
    }

    [Fact]
    public void A_logarithmic_axis_has_few_ticks_in_plain_numbers()
    {
        string[] Ticks(params double[] y) => [.. Json(Figure.Curves("c", "x", "y", ("a", [.. y.Select((_, i) => (double)i)], y))
            .WithLogarithmicY())["layout"]!["yaxis"]!["ticktext"]!.AsArray().Select(t => (string)t!)];
        Assert.Equal(["0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "50", "100", "200", "500"], Ticks(1.5, 0, 30));
        Assert.Equal(["1e-6", "1e-5", "0.0001", "0.001", "0.01", "0.1", "1", "10", "100", "1,000", "10,000", "100,000", "1e6"],
            Ticks(1e-5, 9e5));
    }

    [Fact]
    public void Axes_of_two_quantities_have_names_and_a_scale_each()
    {
        var layout = Json(Figure.Points("p", ("real", Real()), ("fake", Real())).WithAxes("distance", "time, s"))["layout"]!;
        Assert.Equal(["distance", "time, s"], new[] { "xaxis", "yaxis" }.Select(a => (string)layout[a]!["title"]!["text"]!));
        Assert.Null(layout["yaxis"]!["scaleanchor"]);
        Assert.NotNull(Json(Figure.Points("p", ("real", Real())))["layout"]!["yaxis"]!["scaleanchor"]);
    }

    [Fact]
    public void Panels_can_show_the_same_part_of_the_plane()
    {
        var panel = Figure.Points("p", ("real", Real())).Within(new PlotArea(-3, 2, -1, 4));
        var layout = Json(Figure.SideBySide("both", 2, panel, panel))["layout"]!;
        Assert.Equal([-3.0, 2, -1, 4],
            layout["xaxis2"]!["range"]!.AsArray().Concat(layout["yaxis2"]!["range"]!.AsArray()).Select(v => (double)v!));
    }

    [Fact]
    public void Generated_points_have_their_colour_also_alone()
    {
        string Color(int set, params string[] names) => (string)Json(Figure.Points("p", [.. names.Select(n => (n, Real()))]))
            ["data"]![set]!["marker"]!["color"]!;
        Assert.Equal(Color(1, "real", "generated"), Color(0, "generated"));
        Assert.NotEqual(Color(0, "real"), Color(0, "generated"));
        Assert.Equal(Color(0, "real", "a"), Color(2, "a", "b", "real"));
    }

    [Fact]
    public void Nothing_to_draw_is_said()
    {
        Assert.Throws<ArgumentException>(() => Figure.Curves("none", "x", "y"));
        Assert.Throws<ArgumentException>(() => Figure.Curves("odd", "x", "y", ("a", [1], [1, 2])));
        Assert.Throws<ArgumentException>(() => Figure.Game("none", Real(), []));
        Assert.Throws<ArgumentException>(() => Figure.Histogram("none", "x", 3, ("a", [double.NaN])));
        using var line = zeros(3, 1);
        Assert.Contains("(N, 2)", Assert.Throws<ArgumentException>(() => Figure.Points("flat", ("line", line))).Message,
            StringComparison.Ordinal);
    }

    private static Tensor Real() => GaussianMixture.Ring().Sample(20, seed: 0);

    private static GameSnapshot Snapshot(long step, double logit) => new(step, Area, [[0, logit], [logit, 0]], [[0.5, 0.5]], [[1, 0]]);

    private static JsonObject Json(Figure figure) => JsonNode.Parse(figure.ToJson())!.AsObject();
}
