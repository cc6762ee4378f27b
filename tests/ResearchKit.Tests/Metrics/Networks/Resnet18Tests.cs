using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ResearchKit.Data.Catalog;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Runtime;
using ResearchKit.Support;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace ResearchKit.Tests.Metrics.Networks;

/// <summary>Against ONNX Runtime on the package's own files.</summary>
public class Resnet18Tests
{
    private static readonly string Package = LibtorchLocator.BuildMetadata(typeof(FeatureNetworks).Assembly)["Resnet18Package"];

    [Fact]
    public void Has_the_features_of_OnnxRuntime()
    {
        using var scope = NewDisposeScope();
        using var network = FeatureNetworks.Load("resnet18");
        using var faces = DataCatalog.Find().LoadImages("emoji-faces-32", "test");
        var prepared = network.Preparation.Apply(faces.Images.narrow(0, 0, 4)); // (4, 3, 224, 224)
        var expected = Enumerable.Range(0, 4).Select(i => OnnxRuntime(prepared.narrow(0, i, 1))).ToArray();
        var (features, logits) = network.Extract(prepared);
        Assert.Null(logits);
        TensorAssert.Near(cat(expected), features, 1e-4, "features");
        Assert.True(features.std(dim: 0).max().item<float>() > 0.1); // the images do differ
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

    private static Tensor OnnxRuntime(Tensor image)
    {
        var input = Run("ResNetPrepOnnx/ResNetPreprocess.onnx", image.data<float>().ToArray(), [1, 3, 224, 224]);
        return tensor(Run("ResNet18Onnx/ResNet18.onnx", input, [1, 3, 224, 224]), [1, 512]);
    }

    private static float[] Run(string file, float[] values, int[] shape)
    {
        using var session = new InferenceSession(Path.Combine(Package, "tools/DnnImageModels", file));
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(session.InputNames[0], new DenseTensor<float>(values, shape))]);
        return [.. results[0].AsEnumerable<float>()];
    }
}
