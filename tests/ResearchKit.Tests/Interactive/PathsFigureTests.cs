using System.Text.Json.Nodes;
using ResearchKit.Interactive;

namespace ResearchKit.Tests.Interactive;

public class PathsFigureTests
{
    [Fact]
    public void A_path_goes_through_its_moments_in_their_order_from_a_marked_start()
    {
        var data = JsonNode.Parse(Figure.Paths("two", "x", "y", ("a", [3, 1, 2], [5, 6, 7]), ("b", [1], [2])).ToJson())!["data"]!.AsArray();
        Assert.Equal(2, data.Count);
        Assert.Equal([3, 1, 2], data[0]!["x"]!.AsArray().Select(v => (double)v!));
        Assert.Equal("lines+markers", (string)data[0]!["mode"]!);
        Assert.Equal(["circle-open", "circle", "circle"], data[0]!["marker"]!["symbol"]!.AsArray().Select(v => (string)v!));
        Assert.NotEqual((string)data[0]!["line"]!["color"]!, (string)data[1]!["line"]!["color"]!);
    }

    [Fact]
    public void Uneven_paths_are_refused()
    {
        Assert.Contains("path a", Assert.Throws<ArgumentException>(() => Figure.Paths("no", "x", "y", ("a", [1, 2], [1]))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Figure.Paths("no", "x", "y"));
    }
}
