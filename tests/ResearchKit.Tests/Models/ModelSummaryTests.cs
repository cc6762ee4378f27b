using ResearchKit.Models;
using ResearchKit.Runtime;

namespace ResearchKit.Tests.Models;

public class ModelSummaryTests
{
    [Fact]
    public void Lists_layers_shapes_and_parameters()
    {
        using var g = new DcganGenerator(28, 1, 32);
        var summary = ModelSummary.Of(g, 1, 100);
        Assert.Equal(g.parameters().Sum(p => p.numel()), summary.Parameters);
        Assert.Equal(summary.Parameters, summary.Layers.Sum(l => l.Parameters));
        Assert.Equal(("main.0", "ConvTranspose2d"), (summary.Layers[0].Name, summary.Layers[0].Type));
        Assert.Equal(("main.1", "BatchNorm2d"), (summary.Layers[1].Name, summary.Layers[1].Type));
        Assert.Equal([1, 128, 4, 4], summary.Layers[0].OutputShape);
        Assert.Equal([1, 64, 7, 7], summary.Layers[3].OutputShape);
        Assert.Equal([1, 1, 28, 28], summary.Layers[^1].OutputShape);
        Assert.Contains("ConvTranspose2d", summary.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_that_runs_for_each_frame_is_one_line()
    {
        using var g = new MoCoGanGenerator(32, 1, 12, 2);
        var summary = ModelSummary.Of(g, 1, g.LatentSize);
        var lines = summary.ToString().Split('\n');
        Assert.Equal(12, summary.Layers.Count(l => l.Type == "GRUCell"));
        Assert.Matches(@"^recurrent +GRUCell, 12 times +\(1, 10\) +660$", lines.Single(l => l.Contains("GRUCell")));
        Assert.EndsWith($" {ModelSummary.Count(g):N0}", lines.Single(l => l.StartsWith("total", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_the_network_as_it_was()
    {
        using var g = new DcganGenerator(28, 1, 4);
        var frozen = g.modules().OfType<TorchSharp.Modules.BatchNorm2d>().First();
        frozen.eval(); // a part may have a mode of its own
        var before = RandomState.Capture();
        var statistics = g.state_dict()["main.1.running_mean"].clone();
        ModelSummary.Of(g, 2, 100);
        Assert.True(g.training);
        Assert.False(frozen.training);
        Assert.Equal(2, g.modules().OfType<TorchSharp.Modules.BatchNorm2d>().Count(m => m.training));
        Assert.Equal(before, RandomState.Capture());
        Assert.True(statistics.equal(g.state_dict()["main.1.running_mean"]).all().item<bool>());
        var layers = ModelSummary.Of(g, 2, 100).Layers.Count;
        Assert.Equal(layers, ModelSummary.Of(g, 2, 100).Layers.Count); // no hook was left behind
    }

    /// <summary>A modulated convolution holds another layer, and is one itself.</summary>
    [Fact]
    public void Layers_of_two_inputs_are_listed_with_what_they_have_besides_the_layers_in_them()
    {
        using var g = new StyleGan2Generator(8, 1, 4, 6);
        var layers = ModelSummary.Of(g, 1, 6).Layers;
        var convolution = layers.Single(l => l.Name == "synthesis.b8.conv0");
        Assert.Equal(("ModulatedConv2d", (4 * 4 * 9) + 4 + 1), (convolution.Type, convolution.Parameters));
        Assert.Equal([1, 4, 8, 8], convolution.OutputShape);
        Assert.Equal(7 * 4, layers.Single(l => l.Name == "synthesis.b8.conv0.affine").Parameters);
        Assert.Equal(ModelSummary.Count(g) - (4 * 4 * 4), layers.Sum(l => l.Parameters)); // all but the learned constant
    }
}
