using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;
using ResearchKit.Data.Clips;
using ResearchKit.Data.Sounds;
using ResearchKit.Imaging;
using ResearchKit.Interactive;
using ResearchKit.Models;
using ResearchKit.Support;
using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Interactive;

public class FormatterTests
{
    private static readonly List<StepReport> History =
        [.. Enumerable.Range(1, 1000).Select(i => new StepReport(i, i / 10.0, TimeSpan.Zero, 1, 0.5f, 0.25f, 0, 1f, 0.6f, 0.4f, 1, 1))];

    public FormatterTests() => Kit.Start();

    [Fact]
    public void Start_reports_on_the_machine_in_one_line()
    {
        var line = Kit.Start().ToString();
        Assert.StartsWith("ResearchKit ", line, StringComparison.Ordinal);
        Assert.Contains("TorchSharp 0.107.0", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void A_grid_shows_itself_as_a_picture_with_words()
    {
        var grid = ImageGrid.Of(zeros(2, 1, 4, 4), caption: "Nothing");
        Assert.Equal(["image/png", "text/plain"], Formatter.GetPreferredMimeTypesFor(typeof(ImageGrid)));
        Assert.Equal(grid.Png, Convert.FromBase64String(grid.ToDisplayString("image/png")));
        Assert.Contains("Nothing: 2 images", grid.ToDisplayString("text/plain"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_animation_shows_itself_as_a_moving_picture_with_words()
    {
        var animation = GridAnimation.Of([zeros(2, 1, 4, 4), ones(2, 1, 4, 4)], caption: "Nothing");
        Assert.Equal(["image/png", "text/plain"], Formatter.GetPreferredMimeTypesFor(typeof(GridAnimation)));
        Assert.Equal(animation.Png, Convert.FromBase64String(animation.ToDisplayString("image/png")));
        Assert.Contains("Nothing: 2 frames", animation.ToDisplayString("text/plain"), StringComparison.Ordinal);
    }

    [Fact]
    public void Sounds_show_themselves_with_a_player_each()
    {
        using var set = new SoundSet("two <b>", zeros(18, 1, 4096), 16000);
        var html = set.ToDisplayString("text/html");
        Assert.Equal(16, html.Split("<audio controls").Length - 1); // the first ones
        var first = html.Split("data:audio/wav;base64,")[1].Split('"')[0];
        Assert.Equal("RIFF"u8.ToArray(), Convert.FromBase64String(first)[..4]);
        Assert.Equal(16, html.Split("src=\"data:image/png;base64,").Length - 1);
        Assert.Contains("two &lt;b&gt;: 18 sounds of 4096 samples at 16000 Hz (0.26 s); the first 16", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Clips_show_themselves_as_a_film_that_plays()
    {
        using var set = new ClipSet("two <b>", zeros([18, 1, 5, 32, 32], ScalarType.Byte));
        var html = set.ToDisplayString("text/html");
        var film = PngFrames.Decode(Convert.FromBase64String(html.Split("data:image/png;base64,")[1].Split('"')[0]));
        Assert.Equal((5, 0, (8 * 66) + 2, (2 * 66) + 2), (film.Frames.Count, film.Repetitions, film.Width, film.Height)); // two rows
        Assert.Contains("two &lt;b&gt;: 18 clips of 5 frames, 1 x 32 x 32; the first 16", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_summary_shows_itself_as_a_table()
    {
        using var d = new DcganDiscriminator(28, 1, 4);
        var html = ModelSummary.Of(d, 1, 1, 28, 28).ToDisplayString("text/html");
        Assert.Contains("<table>", html, StringComparison.Ordinal);
        Assert.Contains("main.0", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_figure_is_small_and_holds_the_smoothed_curves()
    {
        var figure = Figure.LossCurves(History, smoothing: 10);
        var json = figure.ToJson();
        Assert.True(json.Length < 60_000, $"{json.Length} characters");
        var data = JsonNode.Parse(json)!["data"]!.AsArray();
        Assert.Equal(["D, real", "D, fake", "G"], data.Select(c => (string?)c!["name"]));
        Assert.Equal(1000, (int)data[0]!["x"]!.AsArray()[^1]!);
        Assert.All(data[1]!["y"]!.AsArray(), y => Assert.Equal(0.25, (double)y!, 1e-6));
        Assert.Equal("Losses over training", (string?)JsonNode.Parse(json)!["layout"]!["title"]!["text"]);
        Assert.Contains("steps 1 to 1000", figure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Probabilities_have_an_axis_from_0_to_1()
    {
        var layout = JsonNode.Parse(Figure.Probabilities(History).ToJson())!["layout"]!;
        Assert.Equal([0.0, 1.0], layout["yaxis"]!["range"]!.AsArray().Select(v => (double)v!));
    }

    [Fact]
    public void In_another_kernel_the_first_cell_brings_plotly_and_figures_use_it()
    {
        Assert.Equal(["text/html", "text/plain"], Formatter.GetPreferredMimeTypesFor(typeof(MachineReport)));
        var start = Kit.Start().ToDisplayString("text/html");
        Assert.Contains("plotly.js v2", start, StringComparison.Ordinal);
        var pages = Enumerable.Range(0, 2).Select(_ => Figure.GradientNorms(History).ToDisplayString("text/html")).ToList();
        Assert.All(pages, p => Assert.InRange(p.Length, 1000, 100_000));
        Assert.All(pages, p => Assert.Contains("window.Plotly.newPlot", p, StringComparison.Ordinal));
        Assert.All(pages.Append(start), p => Assert.DoesNotContain("<script src", p, StringComparison.Ordinal));
        Assert.NotEqual(pages[0], pages[1]); // each has an element of its own
    }

    [Fact]
    public void A_chart_of_Plotly_NET_shows_itself_as_a_figure_does()
    {
        var chart = Plotly.NET.CSharp.Chart.Line<double, double, string>(x: [1, 2], y: [3, 4], Name: "line");
        Assert.Equal(["text/html", "text/plain"], Formatter.GetPreferredMimeTypesFor(chart.GetType()));
        Assert.Contains("newPlot", chart.ToDisplayString("text/html"), StringComparison.Ordinal);
        Assert.Equal("line", (string)Assert.Single(JsonNode.Parse(chart.ToDisplayString(Figure.MimeType))!["data"]!.AsArray())!["name"]!);
    }

    [Fact]
    public void A_tensor_of_pictures_shows_the_pictures_and_another_its_numbers()
    {
        Assert.Contains("<img alt=\"2 images\"", zeros(2, 3, 8, 8).ToDisplayString("text/html"), StringComparison.Ordinal);
        Assert.Contains("<pre>", zeros(2, 3).ToDisplayString("text/html"), StringComparison.Ordinal);
        Assert.DoesNotContain("<img", zeros(2, 2, 8, 8).ToDisplayString("text/html"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_exercise_tells_and_does_not_throw()
    {
        Assert.False(Exercise.Check(false, "the number is found", "count"));
        Assert.True(Exercise.Check(true, "the number is found", "count"));
    }

    [Fact]
    public void A_claim_speaks_or_fails()
    {
        Claim.That(true, "one is one");
        Assert.Contains("one is two", Assert.Throws<ClaimFailedException>(() => Claim.That(false, "one is two")).Message,
            StringComparison.Ordinal);
        var (console, written) = (Console.Out, new StringWriter());
        Console.SetOut(written);
        try
        {
            Claim.That(false, "one is two, with enough steps", when: false);
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.StartsWith("○ not checked with these parameters: one is two", written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_notebook_that_references_this_library_sees_the_experiments_too() =>
        Assert.Contains("ResearchKit.Experiments", typeof(Kit).Assembly.GetReferencedAssemblies().Select(a => a.Name));
}
