using ResearchKit.Diagnostics.Collapse;
using ResearchKit.Models.Layers;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Collapse;

public class DiscriminatorSpectraTests
{
    [Fact]
    public void Kernels_are_matrices_of_one_row_an_output_as_numpy_has_them()
    {
        using var scope = NewDisposeScope();
        var reference = new ReferenceTensors("Reference/collapse.safetensors");
        using var random = new Generator(31);
        var kernel = randn([6, 4, 3, 3], dtype: ScalarType.Float64, generator: random);
        TensorAssert.Near(reference["weight.start"], kernel[0, 0], 1e-14, "kernel");
        using var network = nn.Sequential(("convolution", nn.Conv2d(4, 6, 3)), ("transposed", nn.ConvTranspose2d(6, 4, 3)),
            ("norm", nn.BatchNorm2d(4)));
        using (no_grad())
        {
            foreach (var (_, weight) in network.named_parameters().Where(p => p.parameter.dim() == 4))
            {
                weight.copy_(kernel);
            }
        }

        var layers = DiscriminatorSpectra.Of(network);
        Assert.Equal([("convolution", 6L, 36L), ("transposed", 4L, 54L)], layers.Select(l => (l.Name, l.Rows, l.Columns)));
        foreach (var layer in layers)
        {
            // the network's weights are float32
            TensorAssert.Near(reference[$"weight.{layer.Name}"], tensor(layer.SingularValues.ToArray()), 1e-6, layer.Name);
        }
    }

    [Fact]
    public void Known_singular_values_have_their_share_and_rank()
    {
        using var linear = nn.Linear(3, 2, hasBias: true);
        using (no_grad())
        {
            linear.weight!.copy_(tensor(new[] { 3f, 0, 0, 0, 0, 1 }, [2, 3]));
        }

        var layer = Assert.Single(DiscriminatorSpectra.Of(linear));
        Assert.Equal([3, 1], layer.SingularValues, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(0.75, layer.Share, 1e-12);
        Assert.Equal(Math.Exp(-0.75 * Math.Log(0.75) - 0.25 * Math.Log(0.25)), layer.EffectiveRank, 1e-12);
        Assert.Equal("the network (2 x 3): largest singular value 3.000, 75.0% of their sum, effective rank 1.8 of 2", layer.ToString());
    }

    [Fact]
    public void Spectral_layers_show_the_weight_that_they_apply_and_stay_as_they_are()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Sequential(("first", new SpectralConv2d(3, 8, 3)), ("second", new SpectralConvTranspose2d(8, 4, 4)),
            ("units", new LinearMaxout(6, 4, 3, spectral: true)));
        foreach (var _ in Enumerable.Range(0, 100)) // until the power iteration has the largest singular value
        {
            foreach (var (layer, input) in network.children().Zip((Tensor[])[randn(1, 3, 5, 5), randn(1, 8, 2, 2), randn(1, 6)]))
            {
                ((nn.Module<Tensor, Tensor>)layer).call(input).Dispose();
            }
        }

        using var before = network.state_dict().Values.Select(v => v.flatten().to(ScalarType.Float64)).Aggregate((a, b) => cat([a, b]));
        var layers = DiscriminatorSpectra.Of(network);
        using var after = network.state_dict().Values.Select(v => v.flatten().to(ScalarType.Float64)).Aggregate((a, b) => cat([a, b]));
        Assert.True(before.Equals(after));
        Assert.Equal([("first", 8L, 27L), ("second", 4L, 128L), ("units.linear", 12L, 6L)],
            layers.Select(l => (l.Name, l.Rows, l.Columns)));
        Assert.All(layers, l => Assert.True(l.Spectral && Math.Abs(l.Largest - 1) < 0.01, l.ToString()));
    }

    [Fact]
    public void A_diverged_weight_is_named()
    {
        using var network = nn.Sequential(("last", nn.Linear(2, 2)));
        using (no_grad())
        {
            network.parameters().First().fill_(float.NaN);
        }

        Assert.StartsWith("The weight of layer 'last' is NaN or infinite",
            Assert.Throws<ArgumentException>(() => DiscriminatorSpectra.Of(network)).Message, StringComparison.Ordinal);
    }
}
