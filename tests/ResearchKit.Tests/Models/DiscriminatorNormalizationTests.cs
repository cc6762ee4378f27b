using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using ResearchKit.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

/// <summary>Discriminators under each normalisation against PyTorch (tests/peers/stabilizers.py): start, logits and the gradients of R1
/// through them.</summary>
public class DiscriminatorNormalizationTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("stabilizers.safetensors"));

    [Theory]
    [InlineData("None")]
    [InlineData("Batch")]
    [InlineData("Instance")]
    [InlineData("Layer")]
    [InlineData("Spectral")]
    [InlineData("Deviation")]
    public void Dcgan_equals_PyTorch(string name)
    {
        RandomState.Seed(31);
        using var d = name == "Deviation"
            ? new DcganDiscriminator(28, 1, 2, DiscriminatorNormalization.None, minibatchStandardDeviation: 2)
            : new DcganDiscriminator(28, 1, 2, Enum.Parse<DiscriminatorNormalization>(name));
        Equal("discriminator", name, d);
    }

    [Theory]
    [InlineData("None")]
    [InlineData("Batch")]
    [InlineData("Layer")]
    [InlineData("Spectral")]
    [InlineData("Deviation")]
    public void Mlp_equals_PyTorch(string name)
    {
        RandomState.Seed(37);
        var options = new MlpOptions { Widths = [6, 5], Activation = MlpActivation.Tanh };
        using var d = new MlpDiscriminator(2, name == "Deviation" ? options with { MinibatchStandardDeviation = 3 }
            : options with { Normalization = Enum.Parse<MlpNormalization>(name) });
        Equal("mlp", name, d);
    }

    [Fact]
    public void Layer_normalisation_of_images_starts_at_one_and_zero()
    {
        for (var i = 0; i < 5; i++) // uninitialised memory may hold the right numbers once
        {
            using var d = new DcganDiscriminator(28, 1, 16, DiscriminatorNormalization.Layer);
            var norms = d.modules().OfType<GroupNorm>().ToList();
            Assert.Equal(2, norms.Count);
            Assert.All(norms, n => Assert.Equal((1f, 1f), (n.weight!.min().item<float>(), n.weight!.max().item<float>())));
            Assert.All(norms, n => Assert.Equal(0, n.bias!.abs().max().item<float>()));
        }
    }

    [Fact]
    public void Spectral_networks_normalise_every_weight()
    {
        using var d = new DcganDiscriminator(28, 1, 4, DiscriminatorNormalization.Spectral);
        using var mlp = new MlpDiscriminator(2, new MlpOptions { Widths = [8, 8], Normalization = MlpNormalization.Spectral });
        using var maxout = new MlpDiscriminator(2, MlpOptions.PacGanDiscriminator with { Normalization = MlpNormalization.Spectral });
        using var generator = new MlpGenerator(2, 2, new MlpOptions { Widths = [8], Normalization = MlpNormalization.Spectral });
        foreach (var (network, count) in new (nn.Module, int)[] { (d, 4), (mlp, 3), (maxout, 4), (generator, 2) })
        {
            Assert.Equal(count, network.modules().OfType<SpectralLayer>().Count());
            Assert.DoesNotContain(network.named_parameters(), p => p.name.EndsWith(".weight", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Weights_of_spectral_points_networks_start_as_asked()
    {
        RandomState.Seed(0);
        using var network = new MlpDiscriminator(200,
            new MlpOptions { Widths = [300], Weights = MlpWeights.Normal, Normalization = MlpNormalization.Spectral });
        var first = network.modules().OfType<SpectralLayer>().First();
        Assert.Equal(0.02, first.TrainedWeight.std().item<float>(), 0.0004);
        Assert.Equal(0, first.TrainedBias!.abs().max().item<float>());
    }

    [Fact]
    public void What_does_not_go_is_refused()
    {
        Assert.Contains("Spectral", Assert.Throws<ArgumentOutOfRangeException>(() => new DcganDiscriminator(28, 1, 4,
            (DiscriminatorNormalization)9)).Message, StringComparison.Ordinal);
        Assert.Contains("at least 2 samples",
            Assert.Throws<ArgumentOutOfRangeException>(() => new DcganDiscriminator(28, 1, 4, minibatchStandardDeviation: 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains("only a discriminator",
            Assert.Throws<ArgumentException>(() => new MlpGenerator(2, 2, new MlpOptions { MinibatchStandardDeviation = 4 })).Message,
            StringComparison.Ordinal);
        using var d = new DcganDiscriminator(28, 1, 4, minibatchStandardDeviation: 4);
        Assert.Contains("make the batch a multiple", Assert.Throws<ArgumentException>(() => d.call(zeros(6, 1, 28, 28))).Message,
            StringComparison.Ordinal);
    }

    private static void Equal(string family, string name, nn.Module<Tensor, Tensor> d)
    {
        var start = Reference.Under($"{family}.{name}.start.");
        var state = d.state_dict();
        Assert.Equal(start.Keys.Order(), state.Keys.Order());
        Assert.All(start, e => TensorAssert.Near(e.Value, state[e.Key], 1e-6, e.Key));

        d.load_state_dict(start); // float32's last digits apart
        d.to(ScalarType.Float64);
        using var scope = NewDisposeScope();
        var x = Reference[$"{family}.input"].to(ScalarType.Float64);
        var pass = DiscriminatorPass.Run(d, x, x, SlopeSites.Real);
        TensorAssert.Near(Reference[$"{family}.{name}.logits"], pass.RealLogits, 1e-12, "logits");
        new R1Penalty(2).Compute(pass).backward();
        var gradients = Reference.Under($"{family}.{name}.r1.");
        Assert.All(d.named_parameters(),
            p => TensorAssert.Near(gradients[p.name], p.parameter.grad ?? zeros_like(p.parameter), 1e-11, p.name));
    }
}
