using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

public class MlpTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("penalties.safetensors"));

    [Fact]
    public void Equal_PyTorch_from_the_same_seed()
    {
        RandomState.Seed(23);
        using var generator = new MlpGenerator(2, 3,
            new MlpOptions { Widths = [5], Activation = MlpActivation.Tanh, Normalization = MlpNormalization.Batch,
            Weights = MlpWeights.Torch });
        using var discriminator = new MlpDiscriminator(2,
            new MlpOptions { Widths = [4, 4], Activation = MlpActivation.Maxout, MaxoutPieces = 3, Weights = MlpWeights.Torch });
        foreach (var (key, value) in Reference.Under("mlp.generator.")
            .Where(t => t.Key.EndsWith("weight", StringComparison.Ordinal) || t.Key.EndsWith("bias", StringComparison.Ordinal)))
        {
            Assert.True(generator.state_dict()[$"main.{key}"].allclose(value, 0, 0), key);
        }

        using var noGrad = no_grad();
        using var points = generator.call(Reference["mlp.x"]);
        using var logits = discriminator.call(Reference["mlp.x"]);
        Assert.True(points.allclose(Reference["mlp.generator.output"], 1e-5, 1e-6));
        Assert.True(logits.allclose(Reference["mlp.maxout.output"], 1e-5, 1e-6));
    }

    [Fact]
    public void PacGANs_networks_have_its_sizes()
    {
        using var generator = new MlpGenerator(2, 2, MlpOptions.PacGanGenerator);
        using var discriminator = new MlpDiscriminator(2, MlpOptions.PacGanDiscriminator);
        // no bias before batch normalisation
        Assert.Equal(2 * 400 + 3 * 400 * 400 + 4 * 2 * 400 + 400 * 2 + 2, generator.parameters().Sum(p => p.numel()));
        Assert.Equal(3 * 1000 + 2 * 201 * 1000 + 201, discriminator.parameters().Sum(p => p.numel()));
    }

    [Theory]
    [InlineData(MlpWeights.Kaiming, 0.1)] // sqrt(2 / 200)
    [InlineData(MlpWeights.Normal, 0.02)]
    public void Weights_start_as_asked(MlpWeights weights, double expected)
    {
        RandomState.Seed(0);
        using var network = new MlpDiscriminator(200, new MlpOptions { Widths = [300], Weights = weights });
        var parameters = network.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.Equal(expected, parameters["main.0.weight"].std().item<float>(), expected * 0.02);
        Assert.Equal(0, parameters["main.0.bias"].abs().max().item<float>());
    }

    [Fact]
    public void Shapes_are_rows_in_points_and_logits_out()
    {
        using var generator = new MlpGenerator(3, 2, new MlpOptions { Widths = [] });
        using var discriminator = new MlpDiscriminator(2);
        using var points = generator.call(randn(7, 3));
        using var logits = discriminator.call(points);
        Assert.Equal([7, 2], points.shape);
        Assert.Equal([7], logits.shape);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_by_name()
    {
        Assert.Contains("widths is (8, 0)", Refusal(new MlpOptions { Widths = [8, 0] }), StringComparison.Ordinal);
        Assert.Contains("leakySlope is 1", Refusal(new MlpOptions { LeakySlope = 1 }), StringComparison.Ordinal);
        Assert.Contains("maxoutPieces is 1", Refusal(new MlpOptions { MaxoutPieces = 1 }), StringComparison.Ordinal);
        Assert.Contains("Maxout", Refusal(new MlpOptions { Normalization = MlpNormalization.Batch, Activation = MlpActivation.Maxout }),
            StringComparison.Ordinal);
        Assert.Contains("weights is 7", Refusal(new MlpOptions { Weights = (MlpWeights)7 }), StringComparison.Ordinal);
        Assert.Contains("activation is 9", Refusal(new MlpOptions { Activation = (MlpActivation)9, Widths = [] }),
            StringComparison.Ordinal);
        static string Refusal(MlpOptions options) => Assert.Throws<ArgumentException>(() => new MlpDiscriminator(2, options)).Message;
    }
}
