using ResearchKit.Models;
using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

public class UnrolledDigitsTests
{
    // Weights and scales counted by hand from the layers that the sources name: G 1024 z + 9 (64 32 + 32 16 + 16 8 + 8 3) + 2 (64 + 32 + 16
    // + 8) + 3,
    // D of first width f: 9 (3 f + 2 f f + 8 f f) + 2 (7 f) + 16 4 f + 1.
    [Theory]
    [InlineData(2, 571)]
    [InlineData(4, 1861)]
    public void Have_the_parameters_of_the_papers_layers(int features, long discriminator)
    {
        using var g = new UnrolledDigitsGenerator();
        using var d = new UnrolledDigitsDiscriminator(features);
        Assert.Equal(286_795, g.parameters().Sum(p => p.numel()));
        Assert.Equal(discriminator, d.parameters().Sum(p => p.numel()));
    }

    [Theory]
    [InlineData(DiscriminatorNormalization.Batch)]
    [InlineData(DiscriminatorNormalization.None)]
    [InlineData(DiscriminatorNormalization.Spectral)]
    [InlineData(DiscriminatorNormalization.Layer)]
    public void Make_and_judge_stacked_digits_with_every_normalisation(DiscriminatorNormalization normalization)
    {
        using var g = new UnrolledDigitsGenerator(latentSize: 10);
        using var d = new PackedDiscriminator(new UnrolledDigitsDiscriminator(2, channels: 6, normalization), 2);
        using var images = g.call(NormalLatents.Draw(4, 10, seed: 0));
        Assert.Equal([4, 3, 28, 28], images.shape);
        Assert.InRange(images.abs().max().item<float>(), 0, 1);
        using var logits = d.call(images);
        Assert.Equal([2], logits.shape);
        Assert.Equal(normalization == DiscriminatorNormalization.Batch ? 3 : 0, d.modules().OfType<BatchNorm2d>().Count());
        Assert.Equal(normalization == DiscriminatorNormalization.Spectral ? 4 : 0, d.modules().OfType<SpectralConv2d>().Count());
        Assert.Equal(3, d.modules().OfType<ResearchKit.Models.Layers.LeakyReLU>().Count());
    }

    [Fact]
    public void The_slope_below_zero_is_the_papers()
    {
        using var d = new UnrolledDigitsDiscriminator();
        var layer = d.modules().OfType<ResearchKit.Models.Layers.LeakyReLU>().First();
        using var below = layer.call(tensor(-1f));
        Assert.Equal(-0.3f, below.item<float>(), 1e-6f);
    }

    [Fact]
    public void Start_at_the_weights_that_are_named()
    {
        RandomState.Seed(0);
        using var g = new UnrolledDigitsGenerator();
        using var d = new UnrolledDigitsDiscriminator(features: 64, normalization: DiscriminatorNormalization.None);
        Assert.All(g.modules().OfType<ConvTranspose2d>(), c => Assert.InRange(c.weight.std().item<float>(), 0.018f, 0.022f));
        Assert.All(d.modules().OfType<Conv2d>().Skip(1).Take(2),
            c => Assert.Equal(Math.Sqrt(2 / 1.09 / (c.weight.shape[1] * 9)), c.weight.std().item<float>(), 0.002));
    }

    [Fact]
    public void Counts_below_one_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new UnrolledDigitsGenerator(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UnrolledDigitsGenerator(channels: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UnrolledDigitsDiscriminator(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UnrolledDigitsDiscriminator(2, 0));
    }
}
