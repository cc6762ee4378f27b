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
        var range = json["layout"]!["yaxis"]!["range"]!.AsArray().Select(v => (double)v!).ToArray();
        Assert.Equal([-0.5, 10.5], range); // from 0 to 10, and a twentieth more
        Assert.Equal("Decay", (string)json["layout"]!["title"]!["text"]!);
    }

    [Fact]
    public void Unlike_figures_and_a_single_one_are_refused()
    {
        Assert.Contains("at least two values", Error(("1", Curve(1))), StringComparison.Ordinal);
        Assert.Contains("of which 1 differ", Error(("1", Curve(1)), ("1", Curve(2))), StringComparison.Ordinal);
        Assert.Contains("The figure at 2 has the traces image", Error(("1", Curve(1)), ("2", Grid(0))), StringComparison.Ordinal);
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
            var shown = page.Locator(".imagelayer image, .plot image").First;
            var last = await shown.GetAttributeAsync("href") ?? await shown.GetAttributeAsync("xlink:href");
            await page.EvaluateAsync("Plotly.animate(document.querySelector('[id^=researchkit]'), ['0'], {mode: 'immediate'})");
            await page.WaitForTimeoutAsync(300);
            var first = await shown.GetAttributeAsync("href") ?? await shown.GetAttributeAsync("xlink:href");
            Assert.NotNull(last);
            Assert.NotEqual(last, first);
        });
    }

    private static string Error(params (string, Figure)[] charts) =>
        Assert.Throws<ArgumentException>(() => Figure.Slider("title", "parameter", charts)).Message;

    private static Figure Curve(double height) => Figure.Curves("decay", "step", "distance", ("a", [0, 1], [0, height]));

    private static Figure Grid(float value) => Figure.Images(ImageGrid.Of(full(4, 3, 8, 8, value), caption: "faces"));
}
