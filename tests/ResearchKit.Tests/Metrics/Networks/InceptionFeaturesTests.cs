using System.Globalization;
using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics.Networks;

/// <summary>Against pytorch-fid's layout and resizer in PyTorch, on weights that its torch.save wrote: tests/peers/inception.py.</summary>
public sealed class InceptionFeaturesTests : IDisposable
{
    private static readonly string Weights = Repository.Reference("inception/narrow.pth");
    private static readonly TensorCollection Reference = SafetensorsFile.Read(Repository.Reference("inception/features.safetensors"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Has_the_features_logits_and_distance_of_PyTorch()
    {
        using var scope = NewDisposeScope();
        using var network = Load(Weights);
        Assert.Equal(("inception, other weights", "RGB, 299 x 299 by legacy_pytorch, v / 127.5 - 1"),
            (network.Name, network.Preparation.ToString()));
        using var all = Features(network, 272);
        Assert.InRange(Off(all), 0, 1e-4);
        TensorAssert.Near(Reference["logits"], all.Logits!.narrow(0, 0, 8), 1e-4, "logits");
        var distance = FrechetDistance.Of(all.Features.narrow(0, 0, 136), all.Features.narrow(0, 136, 136));
        var expected = double.Parse(Reference.Metadata["frechet"], CultureInfo.InvariantCulture);
        Assert.Equal(1, distance / expected, 1e-4);
    }

    [Theory]
    [InlineData("Conv2d_1a_3x3")]
    [InlineData("Mixed_6c.branch7x7dbl_3")]
    [InlineData("Mixed_7c.branch_pool")]
    public void Two_per_cent_more_in_one_convolution_are_seen(string name)
    {
        using var scope = NewDisposeScope();
        using (var weights = TorchFile.Read(Weights))
        {
            weights[$"{name}.conv.weight"].mul_(1.02);
            SafetensorsFile.Write(_folder["other.safetensors"],
                weights.Where(t => t.Value.is_floating_point()).ToDictionary(t => t.Key, t => t.Value), new Dictionary<string, string>());
        }

        using var network = Load(_folder["other.safetensors"]);
        using var first = Features(network, 8);
        Assert.InRange(Off(first), 5e-4, 10);
    }

    [Fact]
    public void Weights_that_are_not_here_or_are_another_networks_are_told_in_a_sentence()
    {
        BadFile.Fails(_folder["none.pth"], "github.com/mseitzer/pytorch-fid", () => Load(_folder["none.pth"]));
        using var conv = zeros(4, 3, 3, 3);
        SafetensorsFile.Write(_folder["other.safetensors"], new Dictionary<string, Tensor> { ["a.weight"] = conv },
            new Dictionary<string, string>());
        Assert.Contains("not those of Inception", Assert.Throws<DataFileException>(() => Load(_folder["other.safetensors"])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_published_weights_are_called_by_the_metrics_names()
    {
        var protocol = new MetricProtocol("frechet-distance", "inception", InceptionFeatures.WeightsSha256, "RGB", "all samples", "float64",
            null, 2, 2, "");
        string Text(MetricProtocol p) => new MetricReport("a", "b", [new(1, null, p, null, null, 0, default, "")]).ToString();
        Assert.Contains("the Fréchet distance is the FID", Text(protocol), StringComparison.Ordinal);
        Assert.DoesNotContain("FID", Text(protocol with { Network = "inception, other weights" }), StringComparison.Ordinal);
    }

    private static IFeatureNetwork Load(string weights) => FeatureNetworks.Load("inception", weights: weights, resizer: "legacy_pytorch");

    private static FeatureSet Features(IFeatureNetwork network, int count)
    {
        using var faces = DataCatalog.Find().LoadImages("emoji-faces-32", "test");
        using var some = faces.Images.narrow(0, 0, count);
        return FeatureExtraction.Of(network, faces.Name, some, batchSize: 34);
    }

    // The most by which a feature of the first images differs, in deviations of its unit.
    private static double Off(FeatureSet all)
    {
        using var scope = NewDisposeScope();
        return ((all.Features.narrow(0, 0, 8) - Reference["features"]).abs() / Reference["deviation"]).max().item<float>();
    }
}
