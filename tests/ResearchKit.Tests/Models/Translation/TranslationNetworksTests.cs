using ResearchKit.Models;
using ResearchKit.Models.Translation;
using ResearchKit.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models.Translation;

/// <summary>CycleGAN's and pix2pix's networks against PyTorch (tests/peers/image_to_image.py) and their papers.</summary>
public class TranslationNetworksTests
{
    public static TheoryData<string, long> Counts => new()
    {
        { "ResNet of 9 blocks", 11_378_179 }, { "ResNet of 6 blocks", 7_837_699 }, { "ResNet of 3 blocks, narrow", 1_079_555 },
        { "PatchGAN 1", 136_385 }, { "PatchGAN 2", 662_977 }, { "PatchGAN 3", 2_764_737 }, { "PatchGAN of pairs", 2_768_705 },
        { "U-Net 256", 54_413_955 }, { "U-Net 128", 41_828_995 }, { "U-Net 64", 29_244_035 }, { "U-Net 32", 16_659_075 },
        { "U-Net narrow 3", 365_379 },
    };

    /// <summary>As the authors' code counts them.</summary>
    [Theory]
    [MemberData(nameof(Counts))]
    public void Has_the_papers_size(string name, long expected)
    {
        using nn.Module network = name.Split(' ') switch
        {
            ["ResNet", .., "narrow"] => new ResNetTranslator(features: 32, blocks: 3),
            ["ResNet", _, var blocks, _] => new ResNetTranslator(blocks: int.Parse(blocks)),
            ["PatchGAN", "of", _] => new PatchDiscriminator(6, normalization: TranslationNormalization.Batch),
            ["PatchGAN", var layers] => new PatchDiscriminator(layers: int.Parse(layers)),
            ["U-Net", "narrow", var levels] =>
                new UNetTranslator(int.Parse(levels), features: 32, normalization: TranslationNormalization.Instance),
            [_, var size] => new UNetTranslator(int.Log2(int.Parse(size))),
            _ => throw new ArgumentException(name),
        };
        Assert.Equal(expected, ModelSummary.Count(network));
    }

    [Theory]
    [InlineData("cyclegan", "a_to_b")]
    [InlineData("cyclegan", "of_a")]
    [InlineData("pix2pix", "g")]
    [InlineData("pix2pix", "d")]
    public void Makes_and_judges_what_PyTorch_does(string name, string part)
    {
        using var scope = NewDisposeScope();
        var reference = new ReferenceTensors(Repository.Reference("image-to-image.safetensors")).Under($"{name}.");
        var images = ReplayedData.First(4).Samples;
        var x = part == "d" ? cat([images, images.flip(0)], 1) : images;
        foreach (var (dtype, tolerance) in ((ScalarType, double)[])[(ScalarType.Float64, 1e-10), (ScalarType.Float32, 1e-5)])
        {
            var network = TranslationCases.Load(part, reference);
            network.to(dtype).eval();
            using var noGrad = no_grad();
            var (expected, actual) = (reference[$"of.{part}"], network.call(x.to(dtype)).narrow(0, 0, 1));
            Assert.Equal(expected.shape, actual.shape);
            var error = (expected - actual.to(ScalarType.Float64)).abs().max().item<double>() / expected.abs().max().item<double>();
            Assert.True(error <= tolerance, $"relative error {error:E2}");
        }
    }

    /// <summary>The pixels that a logit's gradient reaches.</summary>
    [Theory]
    [InlineData(1, 16)]
    [InlineData(2, 34)]
    [InlineData(3, 70)]
    [InlineData(4, 142)]
    public void A_logit_sees_a_patch_of_its_receptive_field(int layers, int side)
    {
        using var scope = NewDisposeScope();
        // instance normalisation would let every logit see the whole image
        var network = new PatchDiscriminator(1, 1, layers, TranslationNormalization.Batch);
        network.eval();
        var x = rand(1, 1, 256, 256).requires_grad_();
        var logits = network.call(x);
        logits[0, 0, logits.shape[2] / 2, logits.shape[3] / 2].backward();
        var reached = x.grad!.abs().sum([0, 1, 2]).gt(0).sum().item<long>();
        Assert.Equal((side, side), ((int)reached, network.ReceptiveField));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(128)]
    public void Gives_images_of_the_size_that_went_in(int size)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        ImageTranslator[] all =
        [
            new ResNetTranslator(1, 3, 4, 1), new UNetTranslator(2, 1, 3, 2),
            new UNetTranslator(int.Log2(size), 1, 3, 2, TranslationNormalization.Instance),
        ];
        Assert.All(all, t => Assert.Equal([2, 3, size, size], t.call(rand(2, 1, size, size)).shape));
    }

    [Fact]
    public void Another_size_is_refused_with_the_sides_that_fit()
    {
        using var network = new ResNetTranslator(features: 2, blocks: 1);
        using var x = rand(1, 3, 30, 32);
        var error = Assert.Throws<ArgumentException>(() => network.call(x));
        Assert.Contains("multiples of 4 pixels, not (1, 3, 30, 32)", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new UNetTranslator(1));
    }

    /// <summary>With the innermost levels silent, what is left goes over the connections.</summary>
    [Fact]
    public void Connections_of_the_U_Net_pass_gradients_by_the_innermost_level()
    {
        using var scope = NewDisposeScope();
        var network = new UNetTranslator(5, features: 2);
        using (no_grad())
        {
            Of("model.model.1.model.3.model.3.model.3.model.3.weight").zero_();
        }

        network.call(rand(2, 3, 32, 32)).sum().backward();
        Assert.True(Of("model.model.0.weight").grad!.abs().sum().item<float>() > 0);

        Tensor Of(string name) => network.named_parameters().Single(p => p.name == name).parameter;
    }
}
