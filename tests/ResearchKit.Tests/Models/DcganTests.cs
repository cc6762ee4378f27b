using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Support;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

public class DcganTests
{
    [Fact]
    public void Has_the_parameter_counts_of_the_64_pixel_original()
    {
        using var g = new DcganGenerator();
        using var d = new DcganDiscriminator();
        Assert.Equal(3_576_704, g.parameters().Sum(p => p.numel()));
        Assert.Equal(2_765_568, d.parameters().Sum(p => p.numel()));
    }

    [Theory]
    [InlineData(28, 1)]
    [InlineData(28, 4)]
    [InlineData(32, 3)]
    [InlineData(64, 2)]
    [InlineData(128, 1)]
    [InlineData(256, 3)]
    public void Makes_and_judges_images_of_each_size(int size, int channels)
    {
        using var g = new DcganGenerator(size, channels, features: 4, latentSize: 10);
        using var d = new DcganDiscriminator(size, channels, features: 4);
        using var images = g.call(NormalLatents.Draw(3, 10, seed: 0));
        Assert.Equal([3, channels, size, size], images.shape);
        Assert.InRange(images.abs().max().item<float>(), 0, 1);
        using var logits = d.call(images);
        Assert.Equal([3], logits.shape);
    }

    [Fact]
    public void Other_sizes_name_those_there_are()
    {
        Assert.Contains("28, 32, 64, 128 or 256", Assert.Throws<ArgumentOutOfRangeException>(() => new DcganGenerator(48)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DcganDiscriminator(28, channels: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DcganGenerator(28, latentSize: 0));
    }

    [Fact]
    public void Starts_at_the_papers_weights()
    {
        RandomState.Seed(0);
        using var g = new DcganGenerator();
        foreach (var module in g.modules())
        {
            if (module is ConvTranspose2d convolution)
            {
                Assert.InRange(convolution.weight.std().item<float>(), 0.019f, 0.021f);
                Assert.InRange(convolution.weight.mean().item<float>(), -0.001f, 0.001f);
            }
            else if (module is BatchNorm2d normalization)
            {
                Assert.InRange(normalization.weight.mean().item<float>(), 0.99f, 1.01f);
                Assert.InRange(normalization.weight.std().item<float>(), 0.012f, 0.028f);
                Assert.Equal(0, normalization.bias!.abs().max().item<float>());
            }
        }
    }

    [Fact]
    public void Draws_the_weights_that_PyTorch_draws_from_the_same_seed()
    {
        var reference = new ReferenceTensors(Repository.Reference("dcgan.safetensors"));
        RandomState.Seed(7);
        using var g = new DcganGenerator(28, 1, 4, 16);
        using var d = new DcganDiscriminator(28, 1, 4);
        foreach (var (prefix, network) in new (string, nn.Module)[] { ("g.", g), ("d.", d) })
        {
            var expected = reference.Under(prefix);
            var actual = network.state_dict();
            Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
            Assert.All(expected, e => Assert.True(actual[e.Key].to(ScalarType.Float32).allclose(e.Value.to(ScalarType.Float32), 0, 1e-7),
                e.Key));
        }
    }
}
