using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics.Networks;

/// <summary>Against ONNX Runtime on the package's own files: tests/peers/resnet18.cs.</summary>
public class Resnet18Tests
{
    [Fact]
    public void Has_the_features_of_OnnxRuntime()
    {
        using var scope = NewDisposeScope();
        using var network = FeatureNetworks.Load("resnet18");
        var images = CongruentialNumbers.Rows(2 * 3 * 224 * 224 / 4).reshape(2, 3, 224, 224).mul(255).to(ScalarType.Float32);
        var (features, logits) = network.Extract(images);
        Assert.Null(logits);
        var expected = NpyFile.Read(Repository.Reference("resnet18.npy"));
        TensorAssert.Near(expected, features, 1e-4, "features");
        Assert.True((expected[0] - expected[1]).abs().max().item<float>() > 0.1); // the images do differ
    }

    [Fact]
    public void Sees_that_colour_was_lost()
    {
        using var network = FeatureNetworks.Load(FeatureNetworks.DefaultFor(channels: 3));
        using var faces = DataCatalog.Find().LoadImages("emoji-faces-32", "test");
        using var first = faces.Select(arange(60));
        using var second = faces.Select(arange(60, 120));
        using var grey = second.ToChannels(1);
        using var a = FeatureExtraction.Of(network, first);
        using var b = FeatureExtraction.Of(network, second);
        using var c = FeatureExtraction.Of(network, grey);
        Assert.True(FrechetDistance.Of(c.Features, a.Features) > 1.3 * FrechetDistance.Of(b.Features, a.Features));
    }
}
