using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics.Networks;

/// <summary>One's own network. The TorchScript is that of tests/peers/script_network.py.</summary>
public sealed class NetworkFileTests : IDisposable
{
    private const string Mine = """ "name": "mine", "weights": "features.pt" """;
    private const string Takes = """ "size": 8, "channels": 3, "divisor": [51, 51, 102], "offset": 1 """;

    private readonly TemporaryFolder _folder = new();

    public NetworkFileTests() => File.Copy(Repository.Reference("torch/features.pt"), _folder["features.pt"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TorchScript_gives_features_and_logits_and_results_carry_its_name_and_sum()
    {
        using var scope = NewDisposeScope();
        using var network = Load($$"""{ {{Mine}}, {{Takes}}, "resizer": "legacy_tf", "output": 1, "logits": 0, "arguments": [2.5] }""");
        using var random = new Generator(1);
        using var images = new ImageSet("noise", randint(0, 256, [5, 3, 8, 8], ScalarType.Byte, generator: random));
        using var set = FeatureExtraction.Of(network, images);
        var x = (images.Images.to(ScalarType.Float32) / tensor([51f, 51, 102]).reshape(1, 3, 1, 1)) - 1;
        TensorAssert.Near(2.5 * cat([x.mean([2, 3]), x.amax(2, 3)], 1), set.Features, 1e-6, "features");
        var sums = stack([set.Features.narrow(1, 0, 3).sum(1), set.Features.narrow(1, 3, 3).sum(1)], 1);
        TensorAssert.Near(sums, set.Logits!, 1e-6, "logits");
        Assert.Equal(("mine", DataCatalog.Sha256Of(_folder["features.pt"]), 6), (set.Network, set.NetworkSha256, network.Width));
        Assert.Equal("RGB, 8 x 8 by legacy_tf, v / (51 51 102) - 1", set.Preprocessing);
    }

    [Fact]
    public void A_state_dict_goes_into_a_network_of_the_kit_under_its_own_name()
    {
        File.Copy(Repository.Reference("inception/narrow.pth"), _folder["narrow.pth"]);
        using var network = Load("""{ "name": "narrow", "weights": "narrow.pth", "architecture": "inception" }""");
        using var same = FeatureNetworks.Load("inception", weights: _folder["narrow.pth"]);
        using var scope = NewDisposeScope();
        var x = rand(1, 3, 299, 299);
        TensorAssert.Near(same.Extract(x).Features, network.Extract(x).Features, 0, "features");
        Assert.Equal(("narrow", same.Sha256, same.Preparation.ToString()),
            (network.Name, network.Sha256, network.Preparation.ToString()));
        Assert.Throws<ArgumentException>(() => FeatureNetworks.Load(_folder["network.json"], weights: _folder["narrow.pth"]));
    }

    [Theory]
    [InlineData("[1]", "one JSON object")]
    [InlineData("{", "this is no JSON (line 1)")]
    [InlineData("""{ "weights": "features.pt" }""", "the field \"name\" is missing")]
    [InlineData("""{ "name": "resnet18", "weights": "features.pt" }""", "the kit's own network")]
    [InlineData("""{ "name": "mine" }""", "the field \"weights\" is missing")]
    [InlineData("""{ "name": 3 }""", "\"name\" must be a text, not '3'")]
    [InlineData("""{ "name": "mine", "weights": "no.pt" }""", "no.pt, which is not there")]
    [InlineData($$"""{ {{Mine}}, "sha256": "abc" }""", "\"sha256\" is abc, and that of")]
    [InlineData($$"""{ {{Mine}}, "sizes": 8 }""", "there is no field 'sizes'; there are name, weights")]
    [InlineData($$"""{ {{Mine}} }""", "the field \"channels\" is missing")]
    [InlineData($$"""{ {{Mine}}, "channels": 3 }""", "the field \"size\" is missing")]
    [InlineData($$"""{ {{Mine}}, "channels": 2 }""", "3 for RGB or 1 for grey, not 2")]
    [InlineData($$"""{ {{Mine}}, "channels": 3, "size": 0 }""", "\"size\" must be a whole number from 1 to 4096, not '0'")]
    [InlineData($$"""{ {{Mine}}, "channels": 3, "size": 8, "divisor": [1, 2] }""", "one number, or one for each channel")]
    [InlineData($$"""{ {{Mine}}, "channels": 3, "size": 8, "divisor": 0 }""", "not 0, not '0'")]
    [InlineData($$"""{ {{Mine}}, {{Takes}}, "resizer": "lanczos" }""", "\"resizer\" must be one of clean, legacy_tf")]
    [InlineData($$"""{ {{Mine}}, {{Takes}}, "arguments": ["a"] }""", "\"arguments\" must be a list")]
    [InlineData($$"""{ {{Mine}}, "architecture": "resnet18" }""", "\"architecture\" must be one of inception, dinov2-vits14")]
    [InlineData($$"""{ {{Mine}}, "architecture": "inception", "size": 8 }""", "\"size\" is that of the architecture inception")]
    public void A_wrong_field_is_told_in_a_sentence(string json, string problem) =>
        BadFile.Fails(_folder["network.json"], problem, () => Load(json).Dispose());

    [Theory]
    [InlineData("features.pt", """, "output": 2""", "result 2 of its 2 is no tensor")]
    [InlineData("features.pt", """, "output": 1, "arguments": [1, 2, 3]""", "its forward method cannot be called so")]
    [InlineData("text.pt", "", "it is no file of torch.jit.save")]
    public void TorchScript_that_does_not_fit_is_told_in_a_sentence(string weights, string more, string problem)
    {
        File.WriteAllText(_folder["text.pt"], "no network");
        Assert.Contains(problem, Assert.Throws<DataFileException>(() =>
            Load($$"""{ "name": "mine", "weights": "{{weights}}", {{Takes}}{{more}} }""")).Message, StringComparison.Ordinal);
    }

    private IFeatureNetwork Load(string json)
    {
        File.WriteAllText(_folder["network.json"], json);
        return FeatureNetworks.Load(_folder["network.json"]);
    }
}
