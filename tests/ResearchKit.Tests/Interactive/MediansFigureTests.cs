using System.Text.Json.Nodes;
using ResearchKit.Interactive;

namespace ResearchKit.Tests.Interactive;

public class MediansFigureTests
{
    private static readonly double[] Steps = [10, 20, 30];

    [Fact]
    public void A_median_lies_in_the_band_of_its_runs()
    {
        var figure = Figure.Medians("two", "step", "y",
            ("a", Steps, [[1, 5, double.NaN], [3, 4, double.NaN], [2, double.NaN, double.NaN]]), ("b", [0], [[7], [9]]));
        var data = JsonNode.Parse(figure.ToJson())!["data"]!.AsArray();
        Assert.Equal(6, data.Count);
        Assert.Equal([1, 4, null], Heights(data[0]!));
        Assert.Equal([3, 5, null], Heights(data[1]!));
        Assert.Equal([2, 4.5, null], Heights(data[4]!));
        Assert.Equal([8], Heights(data[5]!));
        Assert.Equal([null, "tonexty", null, "tonexty", null, null], data.Select(t => (string?)t!["fill"]));
        Assert.Equal([null, null, null, null, "a", "b"], data.Select(t => (string?)t!["name"])); // one entry a set in the legend
        Assert.Equal(["a", "b"], data.Select(t => (string)t!["legendgroup"]!).Distinct());
        Assert.Equal(2, data.Select(t => (string)t!["line"]!["color"]!).Distinct().Count());
    }

    [Fact]
    public void Uneven_or_missing_runs_are_refused()
    {
        Assert.Contains("a, run 1", Assert.Throws<ArgumentException>(() => Figure.Medians("no", "x", "y", ("a", Steps, [[1, 2, 3], [1]])))
            .Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Figure.Medians("no", "x", "y", ("a", Steps, [])));
        Assert.Throws<ArgumentException>(() => Figure.Medians("no", "x", "y"));
    }

    [Fact]
    public void Shared_scales_tie_each_panel_to_the_first()
    {
        var panel = Figure.Medians("m", "x", "y", ("a", Steps, [[1, 2, 3]]));
        var layout = JsonNode.Parse(Figure.SideBySide("three", 3, panel, panel, panel).WithSharedScales().ToJson())!["layout"]!;
        Assert.Equal([null, "x", "x"], ((string[])["xaxis", "xaxis2", "xaxis3"]).Select(a => (string?)layout[a]!["matches"]));
        Assert.Equal([null, "y", "y"], ((string[])["yaxis", "yaxis2", "yaxis3"]).Select(a => (string?)layout[a]!["matches"]));
        Assert.Throws<InvalidOperationException>(() => panel.WithSharedScales());
    }

    private static IEnumerable<double?> Heights(JsonNode trace) => trace["y"]!.AsArray().Select(v => (double?)v);
}
