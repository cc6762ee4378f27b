using System.Text.Json.Nodes;
using ResearchKit.Imaging;
using ResearchKit.Interactive;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Interactive;

public sealed class SliderFigureTests
{
    [Fact]
    public void Each_value_is_a_frame_and_the_axes_hold_for_all()
    {
        var json = JsonNode.Parse(Figure.Slider("Decay", "γ", ("0.1", Curve(1)), ("1", Curve(10)), ("10", Curve(4))).ToJson())!;
        Assert.Equal(["0.1", "1", "10"], json["frames"]!.AsArray().Select(f => (string)f!["name"]!));
        Assert.Equal(json["frames"]![2]!["data"]!.ToJsonString(), json["data"]!.ToJsonString());
        Assert.Equal("γ ", (string)json["layout"]!["sliders"]![0]!["currentvalue"]!["prefix"]!);
        Assert.Equal([-0.5, 10.5], json["layout"]!["yaxis"]!["range"]!.AsArray().Select(v => (double)v!)); // a twentieth more
        Assert.Equal("Decay", (string)json["layout"]!["title"]!["text"]!);
    }

    [Fact]
    public void Bars_stand_on_zero_with_room_for_their_errors_and_panels_keep_their_own_axes()
    {
        Figure Bars(double height) => Figure.Bars("", "distance", ["a"], ("seed 0", [height], [1]));
        Assert.Equal([0, 11.55], Range(Figure.Slider("", "seed", ("0", Bars(10)), ("1", Bars(2))), "yaxis"));
        Figure Pair(double height) => Figure.SideBySide("", 2, Curve(height), Curve(100_000 + height));
        var pairs = Figure.Slider("", "seed", ("0", Pair(1)), ("1", Pair(2)));
        Assert.Equal([-0.1, 2.1], Range(pairs, "yaxis"));
        Assert.Equal(100_002, Range(pairs, "yaxis2")[1], 6000.0);
        Figure Titled(string title) => Figure.SideBySide("", 1, Figure.Curves(title, "x", "y", ("a", [0, 1], [0, 1])));
        Assert.Contains("\"two\"", Error(("1", Titled("one")), ("2", Titled("two"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Unlike_figures_and_a_single_one_are_refused()
    {
        Assert.Contains("at least two values", Error(("1", Curve(1))), StringComparison.Ordinal);
        Assert.Contains("of which 1 differ", Error(("1", Curve(1)), ("1", Curve(2))), StringComparison.Ordinal);
        Assert.Contains("at 2 has image, the first has scatter", Error(("1", Curve(1)), ("2", Grid(0))), StringComparison.Ordinal);
        Assert.Contains("animated itself", Error(("1", Curve(1)), ("2", Figure.Slider("a", "b", ("1", Curve(1)), ("2", Curve(2))))),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_moved_slider_shows_other_images()
    {
        using var folder = new TemporaryFolder();
        var figure = Figure.Slider("Faces", "t", ("0", Grid(-1)), ("1", Grid(1)));
        File.WriteAllText(folder["page.html"], Figure.PlotlyScriptElement() + figure.ToHtml());
        await Browser.InPageAsync(folder["page.html"], async page =>
        {
            const string shown = "document.querySelector('.plot image')?.href.baseVal";
            await page.WaitForFunctionAsync($"() => {shown}");
            var last = await page.EvaluateAsync<string>(shown);
            Assert.StartsWith("data:image/png", last, StringComparison.Ordinal);
            await page.Locator(".slider-rail-touch-rect").ClickAsync(new() { Position = new() { X = 5, Y = 5 } });
            await page.WaitForFunctionAsync($"last => {shown} && {shown} !== last", last);
        });
    }

    private static double[] Range(Figure figure, string axis) =>
        [.. JsonNode.Parse(figure.ToJson())!["layout"]![axis]!["range"]!.AsArray().Select(v => Math.Round((double)v!, 6))];

    private static string Error(params (string, Figure)[] charts) =>
        Assert.Throws<ArgumentException>(() => Figure.Slider("title", "parameter", charts)).Message;

    private static Figure Curve(double height) => Figure.Curves("decay", "step", "distance", ("a", [0, 1], [0, height]));

    private static Figure Grid(float value) => Figure.Images(ImageGrid.Of(full(4, 3, 8, 8, value), caption: "faces"));
}
