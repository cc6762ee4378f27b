using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Interactive;
using ResearchKit.Training;

namespace ResearchKit.Tests.Interactive;

public class VitalsFigureTests
{
    [Fact]
    public void Six_panels_with_a_mark_where_the_trouble_began()
    {
        var monitor = new GameMonitor();
        for (var step = 1; step <= 600; step++)
        {
            var dead = step > 300;
            monitor.Observe(new StepReport(step, 0, TimeSpan.Zero, 0, 0.6, 0.6, 0, 0.8, 0.6, 0.4, 1, dead ? 0 : 1, 0.7, 0.7),
                new WeightNorms(10, 5));
        }

        var figure = Figure.Vitals(monitor);
        var json = JsonNode.Parse(figure.ToJson())!;
        Assert.Equal(6, json["layout"]!["annotations"]!.AsArray().Count);
        var marks = json["data"]!.AsArray().Where(t => (string?)t!["name"] == "GeneratorStarved").ToList();
        Assert.Equal(6, marks.Count);
        Assert.All(marks, m => Assert.Equal([301, 301], m!["x"]!.AsArray().Select(x => (long)x!)));
        Assert.Contains("G has had no gradient to learn from since step 301", figure.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void A_monitor_that_has_seen_nothing_is_refused() =>
        Assert.Contains("has not seen a whole block of 50 steps",
            Assert.Throws<ArgumentException>(() => Figure.Vitals(new GameMonitor())).Message, StringComparison.Ordinal);
}
