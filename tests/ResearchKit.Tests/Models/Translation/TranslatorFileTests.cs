using ResearchKit.Files;
using ResearchKit.Models.Translation;
using ResearchKit.Runtime;
using ResearchKit.State;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models.Translation;

public sealed class TranslatorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Comes_back_with_the_same_translations()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = rand(2, 3, 32, 32);
        ResNetTranslator ResNet() => new(features: 2, blocks: 1);
        foreach (var translators in (Translators[])[new(ResNet(), ResNet()),
            new(new UNetTranslator(5, 3, 1, 2, TranslationNormalization.Instance)), new(new UNetTranslator(3, 3, 1, 2))])
        {
            TranslatorFile.Save(translators, _folder["t.safetensors"]);
            Assert.True(TranslatorFile.IsOne(_folder["t.safetensors"]));
            RandomState.Seed(1);
            var next = rand(1).item<float>();
            RandomState.Seed(1);
            var read = TranslatorFile.Load(_folder["t.safetensors"]);
            Assert.Equal(next, rand(1).item<float>()); // the new networks' first weights are drawn aside
            translators.eval();
            Assert.Equal(translators.AToB.call(x).data<float>().ToArray(), read.AToB.call(x).data<float>().ToArray());
            Assert.Equal(translators.BToA is null, read.BToA is null);
        }
    }

    [Theory]
    [InlineData("""{"aToB":{"kind":"ResNetTranslator","inputs":3,"outputs":3,"features":1000000,"blocks":9}}""")] // 10^15 numbers
    [InlineData("""{"aToB":{"kind":"UNetTranslator","inputs":3,"outputs":3,"features":100000,"levels":8,"normalization":"Batch"}}""")]
    [InlineData("""{"aToB":{"kind":"UNetTranslator","inputs":3,"outputs":3,"features":2,"levels":1000,"normalization":"Batch"}}""")]
    [InlineData("""{"aToB":{"kind":"ResNetTranslator","inputs":3,"outputs":3,"features":2}}""")]
    [InlineData("""{"aToB":{"kind":"Other","inputs":3,"outputs":3,"features":2,"blocks":1}}""")]
    [InlineData("""{"aToB":{"kind":"ResNetTranslator","inputs":0,"outputs":3,"features":2,"blocks":1}}""")]
    [InlineData("""{"aToB":null}""")]
    [InlineData("null")]
    public void Hostile_metadata_are_refused_in_a_sentence(string metadata)
    {
        using var network = new Translators(new ResNetTranslator(features: 2, blocks: 1));
        StateFile.Save(network, _folder["t.safetensors"], new Dictionary<string, string> { ["translators"] = metadata });
        var error = Assert.Throws<DataFileException>(() => TranslatorFile.Load(_folder["t.safetensors"]));
        Assert.Contains("describe no such generators; get the file again.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_network_s_file_is_refused()
    {
        using var network = new ResNetTranslator(features: 2, blocks: 1);
        StateFile.Save(network, _folder["t.safetensors"]);
        Assert.Contains("it holds no generators from image to image", Assert.Throws<DataFileException>(
            () => TranslatorFile.Load(_folder["t.safetensors"])).Message, StringComparison.Ordinal);
        Assert.False(TranslatorFile.IsOne(_folder["t.safetensors"]));
    }

    public void Dispose() => _folder.Dispose();
}
