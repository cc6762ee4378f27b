using System.Text.Json.Nodes;
using ResearchKit.Data;
using ResearchKit.Files;
using ResearchKit.Models;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

public sealed class StyleGan2FileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Beside the huge and the negative numbers that GeneratorFileTests tries on every generator.
    [Theory]
    [InlineData("imageSize", "48", "are not those of a StyleGan2Generator")]
    [InlineData("imageSize", "2147483647", "ask for a StyleGan2Generator of")]
    [InlineData("layers", "-2147483648", "are not those of a StyleGan2Generator")]
    [InlineData("mixing", "2", "are not those of a StyleGan2Generator")]
    [InlineData("layers", "1", "do not fit the StyleGan2Generator")]
    public void Values_of_a_hostile_file_take_no_memory(string key, string value, string problem)
    {
        using (var g = new StyleGan2Generator(16, 1, 4, 6))
        {
            GeneratorFile.Save(g, _folder["g"]);
        }

        using var content = SafetensorsFile.Read(_folder["g"]);
        var options = JsonNode.Parse(content.Metadata["options"])!;
        options[key] = JsonNode.Parse(value);
        SafetensorsFile.Write(_folder["bad"], content,
            new Dictionary<string, string>(content.Metadata) { ["options"] = options.ToJsonString() });
        BadFile.Fails(_folder["bad"], problem, () => GeneratorFile.Load(_folder["bad"]));
    }

    [Fact]
    public void A_file_keeps_the_classes_the_mean_style_and_the_noise()
    {
        using var scope = NewDisposeScope();
        var g = new StyleGan2Generator(16, 3, 8, 6, 3, classes: SampleClasses.Equally(["a", "b", "c"]));
        g.eval();
        using (no_grad())
        {
            g.MeanStyle.add_(1);
        }

        GeneratorFile.Save(g, _folder["g"]);
        using var loaded = (StyleGan2Generator)GeneratorFile.Load(_folder["g"]);
        var (z, labels) = (randn(3, 6), tensor(new[] { 0L, 1, 2 }));
        Assert.True(loaded.Call(z, labels).allclose(g.Call(z, labels), 0, 0));
        Assert.True(loaded.MeanStyle.allclose(g.MeanStyle, 0, 0));
        Assert.Equal((3, 0.9), (loaded.Layers, loaded.Mixing));
    }
}
