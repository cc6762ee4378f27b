using System.Text.Json.Nodes;
using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Interactive;
using ResearchKit.Support;
using ResearchKit.Training;

namespace ResearchKit.Tests.Interactive;

public class CollapseFigureTests
{
    [Fact]
    public void Six_panels_of_points_with_a_mark_where_the_collapse_began()
    {
        using var real = GaussianMixture.Ring().Sample(400, 1);
        var seed = 0;
        using var monitor = new CollapseMonitor(() => (seed < 8 ? GaussianMixture.Ring() : GaussianMixture.Ring().Only(3))
            .Sample(200, seed++), real, every: 10);
        for (var step = 10; step <= 200; step += 10)
        {
            monitor.Observe(new StepReport(step, 0, TimeSpan.Zero, 0, 0.6, 0.6, 0, 0.8, 0.6, 0.4, 1, 1));
        }

        var figure = Figure.Collapse(monitor);
        var json = JsonNode.Parse(figure.ToJson())!;
        Assert.Equal(6, json["layout"]!["annotations"]!.AsArray().Count);
        var marks = json["data"]!.AsArray().Where(t => (string?)t!["name"] == "FullCollapse").ToList();
        Assert.Equal(3, marks.Count);
        Assert.All(marks, m => Assert.Equal([monitor.Verdict.Since, monitor.Verdict.Since], m!["x"]!.AsArray().Select(x => (long)x!)));
        Assert.Contains("The generator has collapsed since step", figure.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_are_drawn_as_one_sheet()
    {
        using var gan = new TinyGan(count: 120);
        using var monitor = CollapseMonitor.For(gan.Trainer, gan.Images.Images, every: 2, samples: 50);
        Assert.Contains("looks every 2 steps", Assert.Throws<ArgumentException>(() => Figure.Collapse(monitor)).Message,
            StringComparison.Ordinal);
        Assert.Equal(2, gan.Trainer.Run(2).Watch(monitor).Count());
        var sheet = JsonNode.Parse(Figure.Collapse(monitor).ToJson())!["data"]!.AsArray()
            .Single(t => (string?)t!["type"] == "heatmap")!["z"]!.AsArray();
        Assert.Equal((6 * 28, 6 * 28), (sheet.Count, sheet[0]!.AsArray().Count));
    }
}
