using System.Text.Json.Nodes;
using ResearchKit.Data;
using ResearchKit.Files;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.State;
using ResearchKit.Support;
using ResearchKit.Tests.Files;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

public sealed class GeneratorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dcgan-28")]
    [InlineData("dcgan-64")]
    [InlineData("mlp")]
    [InlineData("mlp-maxout")]
    [InlineData("unrolled")]
    [InlineData("stylegan2")]
    [InlineData("r3gan")]
    [InlineData("biggan")]
    public void A_generator_is_built_again_with_its_weights_and_running_statistics(string kind)
    {
        using var scope = NewDisposeScope();
        using var saved = Some(kind);
        saved.call(randn(16, saved.LatentSize)); // moves the running statistics
        GeneratorFile.Save(saved, _folder["g"]);
        var before = RandomState.Capture();
        using var loaded = GeneratorFile.Load(_folder["g"]);
        Assert.Equal(before, RandomState.Capture());
        Assert.Equal(saved.GetType(), loaded.GetType());
        Assert.False(loaded.training);
        Assert.Equal(saved.state_dict().Keys, loaded.state_dict().Keys);
        Assert.All(saved.state_dict(), s => SomeTensors.Same(s.Value, loaded.state_dict()[s.Key]));
        GeneratorFile.Save(loaded, _folder["again"]);
        Assert.Equal(File.ReadAllBytes(_folder["g"]), File.ReadAllBytes(_folder["again"])); // the options too
    }

    /// <summary>A constructor or an options record that grows must grow here too: a file without the new value would build another
    /// network.</summary>
    [Fact]
    public void Every_value_of_a_constructor_is_in_the_file()
    {
        Assert.Equal(Parameters(typeof(DcganGenerator)).Except(["CLASSES"]), Written(Some("dcgan-28"))); // which it has not
        Assert.Equal(Parameters(typeof(UnrolledDigitsGenerator)), Written(Some("unrolled")));
        Assert.Equal(Parameters(typeof(StyleGan2Generator)).Except(["CLASSES"]), Written(Some("stylegan2")));
        Assert.Equal(Parameters(typeof(R3GanGenerator)).Except(["CLASSES"]), Written(Some("r3gan")));
        Assert.Equal(Parameters(typeof(ResNetGenerator)), Written(Some("biggan")));
        // A generator's minibatch standard deviation can only be 0.
        var options = typeof(MlpOptions).GetProperties().Where(p => p.CanWrite && p.Name != nameof(MlpOptions.MinibatchStandardDeviation))
            .Select(p => p.Name.ToUpperInvariant());
        Assert.Equal(Parameters(typeof(MlpGenerator)).Except(["OPTIONS"]).Concat(options).Order(), Written(Some("mlp")));

        static IEnumerable<string> Parameters(Type type) =>
            type.GetConstructors().Single().GetParameters().Select(p => p.Name!.ToUpperInvariant()).Order();
    }

    [Theory]
    [InlineData("options", """{"imageSize":28,"channels":1,"features":1073741824,"latentSize":8}""", "ask for a DcganGenerator of")]
    [InlineData("options", """{"imageSize":28,"channels":1,"features":-4,"latentSize":8}""", "are not those of a DcganGenerator")]
    [InlineData("options", """{"imageSize":30,"channels":1,"features":4,"latentSize":8}""", "are not those of a DcganGenerator")]
    [InlineData("options", """{"imageSize":28,"channels":1,"features":4}""", "are not those of a DcganGenerator")]
    [InlineData("options", """{"imageSize":28,"channels":1,"features":4,"latentSize":8,"norm":"none"}""",
        "are not those of a DcganGenerator")]
    [InlineData("options", """{"imageSize":28,"channels":1,"features":4,"latentSize":7}""", "do not fit the DcganGenerator")]
    [InlineData("options", "null", "are not those of a DcganGenerator")]
    [InlineData("options", "{", "are not those of a DcganGenerator")]
    [InlineData("architecture", "System.Diagnostics.Process",
        "it holds a 'System.Diagnostics.Process', and the kit builds a ")]
    [InlineData("architecture", "MlpGenerator", "are not those of a MlpGenerator")]
    public void A_damaged_or_hostile_file_is_one_sentence(string key, string value, string message)
    {
        using var g = Some("dcgan-28");
        GeneratorFile.Save(g, _folder["g"]);
        using var content = SafetensorsFile.Read(_folder["g"]);
        SafetensorsFile.Write(_folder["bad"], content, new Dictionary<string, string>(content.Metadata) { [key] = value });
        BadFile.Fails(_folder["bad"], message, () => GeneratorFile.Load(_folder["bad"]));
    }

    /// <summary>Memory is not taken for what a file only promises.</summary>
    [Theory]
    [InlineData("dcgan-28")]
    [InlineData("mlp-maxout")]
    [InlineData("stylegan2")]
    [InlineData("r3gan")]
    [InlineData("biggan")]
    public void A_number_that_is_huge_or_below_0_is_one_sentence_at_once(string kind)
    {
        using (var g = Some(kind))
        {
            GeneratorFile.Save(g, _folder["g"]);
        }

        using var content = SafetensorsFile.Read(_folder["g"]);
        var options = JsonNode.Parse(content.Metadata["options"])!.AsObject();
        foreach (var name in options.Where(o => o.Value is JsonValue v && v.TryGetValue<int>(out _)).Select(o => o.Key))
        {
            foreach (var number in (int[])[int.MaxValue, int.MaxValue - 7, -1])
            {
                var changed = options.DeepClone();
                changed[name] = number;
                SafetensorsFile.Write(_folder["bad"], content,
                    new Dictionary<string, string>(content.Metadata) { ["options"] = changed.ToJsonString() });
                BadFile.Fails(_folder["bad"], "", () => GeneratorFile.Load(_folder["bad"]));
            }
        }
    }

    [Fact]
    public void What_is_no_generators_file_is_one_sentence()
    {
        using var g = Some("mlp");
        StateFile.Save(g, _folder["state"]);
        BadFile.Fails(_folder["state"], "names no architecture", () => GeneratorFile.Load(_folder["state"]));
        BadFile.Fails(_folder["absent"], "no such file", () => GeneratorFile.Load(_folder["absent"]));
        using var other = new Other();
        var refusal = Assert.Throws<ArgumentException>(() => GeneratorFile.Save(other, _folder["g"])).Message;
        Assert.All(["not a Other", .. Architectures.All.Select(a => a.File!.Name)], part => Assert.Contains(part, refusal,
            StringComparison.Ordinal));
    }

    [Fact]
    public void A_maxout_as_large_as_a_hostile_file_says_is_not_built()
    {
        using var g = Some("mlp-maxout");
        GeneratorFile.Save(g, _folder["g"]);
        using var content = SafetensorsFile.Read(_folder["g"]);
        var options = JsonNode.Parse(content.Metadata["options"])!;
        options["maxoutPieces"] = int.MaxValue;
        SafetensorsFile.Write(_folder["bad"], content,
            new Dictionary<string, string>(content.Metadata) { ["options"] = options.ToJsonString() });
        var live = Tensor.TotalCount;
        BadFile.Fails(_folder["bad"], "ask for a MlpGenerator of", () => GeneratorFile.Load(_folder["bad"]));
        Assert.Equal(live, Tensor.TotalCount);
    }

    private IEnumerable<string> Written(LatentGenerator generator)
    {
        using var owned = generator;
        GeneratorFile.Save(generator, _folder["g"]);
        using var content = SafetensorsFile.Read(_folder["g"]);
        return JsonNode.Parse(content.Metadata["options"])!.AsObject().Select(p => p.Key.ToUpperInvariant()).Order();
    }

    private static LatentGenerator Some(string kind) => kind switch
    {
        "dcgan-28" => new DcganGenerator(28, 1, 4, 8),
        "dcgan-64" => new DcganGenerator(64, 3, 2, 5),
        "unrolled" => new UnrolledDigitsGenerator(6, 1),
        "stylegan2" => new StyleGan2Generator(16, 1, 4, 6, layers: 3, mixing: 0.5),
        "r3gan" => new R3GanGenerator(16, 1, 16, 6, 1),
        "biggan" => new ResNetGenerator("biggan", 32, 1, 2, 6, SampleClasses.Equally(["a", "b"])),
        "mlp" =>
            new MlpGenerator(3, 2, new MlpOptions { Widths = [7, 5], Activation = MlpActivation.LeakyRelu, LeakySlope = 0.1,
                Normalization = MlpNormalization.Batch, Weights = MlpWeights.Normal }),
        _ => new MlpGenerator(3, 2, new MlpOptions { Widths = [7], Activation = MlpActivation.Maxout, MaxoutPieces = 3 }),
    };

    private sealed class Other() : LatentGenerator(nameof(Other), 2)
    {
        public override Tensor forward(Tensor input) => input.alias();
    }
}
