using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Metrics.Networks;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics.Networks;

/// <summary>Against a forward pass written in PyTorch, with drawn weights: tests/peers/dinov2.py. The published weights were not at
/// hand.</summary>
public sealed class Dinov2Tests : IDisposable
{
    private const int D = 128;
    private const int Blocks = 2;

    private static readonly TensorCollection Reference = SafetensorsFile.Read(Repository.Reference("dinov2.safetensors"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Has_the_features_of_PyTorch()
    {
        Save("narrow.safetensors");
        Assert.InRange(Off("narrow.safetensors"), 0, 1e-4);
    }

    [Theory]
    [InlineData("pos_embed")]
    [InlineData("patch_embed.proj.weight")]
    [InlineData("blocks.0.attn.qkv.bias")]
    [InlineData("blocks.1.ls1.gamma")]
    [InlineData("blocks.1.mlp.fc2.weight")]
    [InlineData("norm.weight")]
    public void Two_per_cent_more_in_one_tensor_are_seen(string name)
    {
        Save("other.safetensors", name);
        Assert.InRange(Off("other.safetensors"), 5e-4, 10);
    }

    [Fact]
    public void Weights_that_are_not_here_or_are_another_networks_are_told_in_a_sentence()
    {
        BadFile.Fails(_folder["none.pth"], "dinov2/dinov2_vits14/dinov2_vits14_pretrain.pth", () => Load("none.pth"));
        Save("narrow.safetensors");
        Assert.Contains("2 blocks of width 128, and not 12 of 384",
            Assert.Throws<DataFileException>(() => Load("narrow.safetensors")).Message, StringComparison.Ordinal);
        Save("less.safetensors", without: "blocks.1.norm2.bias");
        using var weights = SafetensorsFile.Read(_folder["less.safetensors"]);
        using var network = new Dinov2("narrow", weights, "", null, CPU);
        Assert.Contains("blocks.1.norm2.bias", Assert.Throws<ArgumentException>(() => network.Extract(zeros(1, 3, 224, 224))).Message,
            StringComparison.Ordinal);

        void Load(string file) => FeatureNetworks.Load("dinov2-vits14", weights: _folder[file]).Dispose();
    }

    // 12 blocks of width 384 and a fourfold hidden layer, mask token included: the 22.1 million parameters of ViT-S/14.
    [Fact]
    public void The_layout_of_the_smallest_public_network_is_loaded_under_its_name()
    {
        using var scope = NewDisposeScope();
        var weights = Shapes(384, 12).ToDictionary(s => s.Name, s => zeros(s.Shape));
        Assert.Equal(22_056_576, weights.Sum(w => w.Value.numel()));
        SafetensorsFile.Write(_folder["small.safetensors"], weights);
        using var network = FeatureNetworks.Load("dinov2-vits14", weights: _folder["small.safetensors"]);
        Assert.Equal(("dinov2-vits14 by layout", DataCatalog.Sha256Of(_folder["small.safetensors"]), 384),
            (network.Name, network.Sha256, network.Width));
        Assert.Equal("RGB, 224 x 224 by clean, v / (58.395 57.12 57.375) - (2.1179 2.03571 1.80444)", network.Preparation.ToString());
    }

    // The most by which a feature of the first images differs, in deviations of its unit.
    private double Off(string file)
    {
        using var scope = NewDisposeScope();
        using var weights = SafetensorsFile.Read(_folder[file]);
        using var network = new Dinov2("narrow", weights, "", null, CPU);
        using var faces = DataCatalog.Find().LoadImages("emoji-faces-32", "test");
        var images = faces.Images.narrow(0, 0, 8).repeat_interleave(7, 2).repeat_interleave(7, 3); // (8, 3, 224, 224)
        var (features, _) = network.Extract(network.Preparation.Apply(images));
        return ((features - Reference["features"]).abs() / Reference["deviation"]).max().item<float>();
    }

    // As tests/peers/dinov2.py draws them.
    private void Save(string file, string? changed = null, string? without = null)
    {
        using var scope = NewDisposeScope();
        var shapes = Shapes(D, Blocks).OrderBy(s => s.Name, StringComparer.Ordinal).ToList();
        var numbers = CongruentialNumbers.Rows((int)((shapes.Sum(s => s.Shape.Aggregate((a, b) => a * b)) + 3) / 4)).flatten();
        var weights = new Dictionary<string, Tensor>();
        var at = 0L;
        foreach (var (name, shape) in shapes)
        {
            var count = shape.Aggregate((a, b) => a * b);
            var u = numbers.narrow(0, at, count).reshape(shape);
            at += count;
            var isScale = name.EndsWith("gamma", StringComparison.Ordinal)
                || (name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal));
            var w = isScale ? 0.5 + u
                : name.EndsWith("weight", StringComparison.Ordinal) ? ((2 * u) - 1) * Math.Sqrt(6.0 / (count / shape[0]))
                : (2 * u) - 1;
            weights[name] = (name == changed ? 1.02 * w : w).to(ScalarType.Float32);
        }

        weights.Remove(without ?? "");
        SafetensorsFile.Write(_folder[file], weights);
    }

    private static IEnumerable<(string Name, long[] Shape)> Shapes(long d, int blocks) =>
    [
        ("cls_token", [1, 1, d]), ("pos_embed", [1, 1 + (37 * 37), d]), ("mask_token", [1, d]),
        ("patch_embed.proj.weight", [d, 3, 14, 14]), ("patch_embed.proj.bias", [d]), ("norm.weight", [d]), ("norm.bias", [d]),
        .. Enumerable.Range(0, blocks).SelectMany(i => ((string, long[])[])
        [
            ($"blocks.{i}.norm1.weight", [d]), ($"blocks.{i}.norm1.bias", [d]), ($"blocks.{i}.attn.qkv.weight", [3 * d, d]),
            ($"blocks.{i}.attn.qkv.bias", [3 * d]), ($"blocks.{i}.attn.proj.weight", [d, d]), ($"blocks.{i}.attn.proj.bias", [d]),
            ($"blocks.{i}.ls1.gamma", [d]), ($"blocks.{i}.norm2.weight", [d]), ($"blocks.{i}.norm2.bias", [d]),
            ($"blocks.{i}.mlp.fc1.weight", [4 * d, d]), ($"blocks.{i}.mlp.fc1.bias", [4 * d]),
            ($"blocks.{i}.mlp.fc2.weight", [d, 4 * d]), ($"blocks.{i}.mlp.fc2.bias", [d]), ($"blocks.{i}.ls2.gamma", [d]),
        ]),
    ];
}
