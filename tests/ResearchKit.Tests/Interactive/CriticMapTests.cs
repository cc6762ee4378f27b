using System.Text.Json.Nodes;
using ResearchKit.Imaging;
using ResearchKit.Interactive;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Interactive;

public class CriticMapTests
{
    [Fact]
    public void A_critic_that_climbs_to_the_right_is_a_map_from_0_to_1()
    {
        using var critic = Critic();
        using var real = ones(400, 2);
        using var fake = zeros(3, 2);
        var json = JsonNode.Parse(Figure.CriticMap("climbs", critic, PlotArea.Square(2), real, fake).ToJson())!;
        var data = json["data"]!.AsArray();
        Assert.Equal(["contour", "scatter", "scatter"], data.Select(t => (string)t!["type"]!));
        var rows = data[0]!["z"]!.AsArray().Select(r => r!.AsArray().Select(v => (double)v!).ToArray()).ToList();
        Assert.All(rows, r => Assert.Equal((0, 0.5, 1), (r[0], r[30], r[60])));
        Assert.Equal(300, data[1]!["x"]!.AsArray().Count);
        Assert.Equal(3, data[2]!["x"]!.AsArray().Count);
    }

    [Fact]
    public void The_bottom_row_comes_first()
    {
        using var critic = Critic(0, 1);
        using var points = zeros(3, 2);
        var rows = JsonNode.Parse(Figure.CriticMap("up", critic, PlotArea.Square(2), points, points)
            .ToJson())!["data"]![0]!["z"]!.AsArray();
        Assert.Equal(0, (double)rows[0]![5]!);
        Assert.Equal(1, (double)rows[60]![5]!);
    }

    [Fact]
    public void Points_of_another_space_are_refused()
    {
        using var critic = Critic();
        using var points = zeros(3, 2);
        using var space = zeros(3, 3);
        Assert.Throws<ArgumentException>(() => Figure.CriticMap("no", critic, PlotArea.Square(2), points, space));
    }

    private static MlpDiscriminator Critic(float x = 7, float y = 0)
    {
        var critic = new MlpDiscriminator(2, new MlpOptions { Widths = [] });
        using var noGrad = no_grad();
        critic.parameters().First().copy_(tensor(new[,] { { x, y } }));
        return critic;
    }
}
