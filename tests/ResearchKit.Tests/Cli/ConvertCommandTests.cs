using ResearchKit.Files;
using ResearchKit.Models;
using ResearchKit.Support;
using ResearchKit.Tests.Files;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Cli;

/// <summary>Networks of PyTorch become files of the kit; tests/peers/torch_files.py wrote them.</summary>
public sealed class ConvertCommandTests : IDisposable
{
    private static readonly string[] AsDcgan = ["--as", "dcgan", "--size", "64", "--channels", "3", "--set", "features=2", "--set",
        "latent=5"];

    private readonly TemporaryFolder _folder = new();

    public ConvertCommandTests()
    {
        foreach (var file in (string[])["dcgan.pth", "module.pt", "script.pt", "zip-2.pth", "legacy-2.pth"])
        {
            File.Copy(Repository.Reference($"torch/{file}"), _folder[file]);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_generator_of_PyTorch_is_sampled_and_goes_back()
    {
        var run = Run("convert", "dcgan.pth", "g.safetensors", ["--prefix", "netG.", .. AsDcgan]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("g.safetensors: DcganGenerator, 25 tensors", run.Output, StringComparison.Ordinal);
        Assert.Contains("state = load_file(\"g.safetensors\")", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, ProgramRun.ResearchKit(_folder.Path, null, "sample", "g.safetensors", "--grid", "g.png").ExitCode);
        Assert.True(File.Exists(_folder["g.png"]));

        // without --as the same tensors, and a generator's file is a safetensors file
        Assert.Equal(0, Run("convert", "dcgan.pth", "plain.safetensors", ["--prefix", "netG."]).ExitCode);
        using var scripted = TorchFile.Read(_folder["dcgan.pth"]);
        using var plain = SafetensorsFile.Read(_folder["plain.safetensors"]);
        using var generator = SafetensorsFile.Read(_folder["g.safetensors"]);
        Assert.Equal(plain.Names, generator.Names);
        Assert.All(plain, t => SomeTensors.Same(t.Value, generator[t.Key]));
        Assert.All(plain, t => SomeTensors.Same(scripted[$"netG.{t.Key}"], t.Value));
        Assert.Equal(0, Run("convert", "plain.safetensors", "again.safetensors", AsDcgan).ExitCode);
        Assert.Equal(File.ReadAllBytes(_folder["g.safetensors"]), File.ReadAllBytes(_folder["again.safetensors"]));
    }

    [Fact]
    public void Without_a_file_to_write_the_tensors_are_listed()
    {
        var run = Run("convert", "zip-2.pth");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("bfloat16   BFloat16  (2, 3, 4)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n17 tensors, 289 numbers", run.Output, StringComparison.Ordinal);
        Assert.Equal(run.Output, Run("convert", "legacy-2.pth").Output);
        Assert.Contains("blocks.0.conv.weight  Float32   (2, 1, 3, 3)\n", Run("convert", "script.pt").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_mapped()
    {
        File.WriteAllText(_folder["map.json"], """{"main.*": "layers.", "main.0.weight": "first", "main.1*": null}""");
        Assert.Equal(0, Run("convert", "dcgan.pth", "named.safetensors", ["--prefix", "netG.", "--names", "map.json"]).ExitCode);
        using var named = SafetensorsFile.Read(_folder["named.safetensors"]);
        Assert.Equal(["first", "layers.3.weight"], named.Names.Where(n => !n.Contains("bias", StringComparison.Ordinal)).Take(2));
        Assert.DoesNotContain(named.Names, n => n.StartsWith("main", StringComparison.Ordinal));
        Assert.DoesNotContain(named.Names, n => n.StartsWith("layers.1", StringComparison.Ordinal));

        Fails(1, "map.json: 'x' is the name of no tensor of dcgan.pth", """{"x": "y"}""");
        Fails(1, "would be called 'z'", """{"z": "a", "images": "z", "netG.main.0.weight": "z"}""");
        Fails(1, "not a JSON object of names", "[1]");
        Fails(1, "not a JSON object of names", """{"z": 1}""");
        Fails(1, "not a JSON object of names", """{"z": "a", "z": "b"}""");
        Fails(1, "leaves no tensor", """{"z": null, "images": null, "netG.*": null}""");
        Fails(1, "map.json: it cannot be read", null);
        Assert.False(File.Exists(_folder["x.safetensors"]));

        void Fails(int code, string problem, string? map)
        {
            File.Delete(_folder["map.json"]);
            if (map is not null)
            {
                File.WriteAllText(_folder["map.json"], map);
            }

            Run("convert", "dcgan.pth", "x.safetensors", ["--names", "map.json"]).IsOneSentence(code, problem);
        }
    }

    [Fact]
    public void What_does_not_fit_is_one_sentence_with_the_first_names()
    {
        Convert(1, "21 missing ('main.0.weight', 'main.1.weight', 'main.1.bias', ...)", AsDcgan);
        Convert(1, "not the network's ('images', 'netG.main.0.weight',", AsDcgan);
        Convert(1, "21 of another shape or dtype ('main.0.weight' is F32 (5, 16, 4, 4) and not F32 (5, 32, 4, 4), ",
            ["--prefix", "netG.", .. AsDcgan, "--set", "features=4"]);
        Convert(1, "no tensor's name begins with 'g_ema.'; they begin with images, netG, z.", ["--prefix", "g_ema.", .. AsDcgan]);
        Convert(2, "There is no architecture 'stylegan9'", ["--as", "stylegan9"]);
        Convert(2, "not 65", ["--as", "dcgan", "--size", "65"]);
        Convert(2, "--as NETWORKS", ["--size", "64"]);
        Run("convert", "dcgan.pth", "x.pth").IsOneSentence(2, "ends in .safetensors");
        Run("convert", "module.pt", "x.safetensors").IsOneSentence(1, "torch.save(model.state_dict(), FILE)");
        Run("convert", "absent.pth").IsOneSentence(1, "absent.pth: no such file");
        Assert.False(File.Exists(_folder["x.safetensors"]));

        void Convert(int code, string problem, string[] options) =>
            Run("convert", "dcgan.pth", "x.safetensors", options).IsOneSentence(code, problem);
    }

    [Fact]
    public void Commands_that_take_a_generator_say_how_one_is_made_of_a_PyTorch_file()
    {
        SafetensorsFile.Write(_folder["foreign.safetensors"], [KeyValuePair.Create("w", zeros(2))]);
        foreach (var (file, problem) in ((string, string)[])[("dcgan.pth", "this is a PyTorch file"),
            ("module.pt", "this is a PyTorch file"), ("legacy-2.pth", "this is a PyTorch file"),
            ("foreign.safetensors", "has the keys architecture (DcganGenerator or ")])
        {
            foreach (var line in (string[][])[["sample", file, "--grid", "x.png"], ["metrics", file, "digits:test", "--samples", "10"],
                ["train", "dcgan", "--from", file, "--out", "run"]])
            {
                var run = ProgramRun.ResearchKit(_folder.Path, null, line);
                run.IsOneSentence(1, problem);
                Assert.Contains($"`researchkit convert {file} NEW.safetensors --as NAME --size PIXELS --channels C`", run.Error,
                    StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Half_precision_becomes_what_the_kit_computes_in()
    {
        using var read = TorchFile.Read(_folder["dcgan.pth"]);
        var half = read.Where(t => t.Key.StartsWith("netG.", StringComparison.Ordinal) && t.Value.is_floating_point())
            .Select(t => KeyValuePair.Create(t.Key[5..], t.Value.to(ScalarType.Float16)));
        SafetensorsFile.Write(_folder["half.safetensors"], half);
        Assert.Equal(0, Run("convert", "half.safetensors", "g.safetensors", AsDcgan).ExitCode);
        using var generator = GeneratorFile.Load(_folder["g.safetensors"]);
        Assert.All(generator.parameters(), p => Assert.Equal(ScalarType.Float32, p.dtype));
        TensorAssert.Near(read["netG.main.0.weight"], generator.state_dict()["main.0.weight"], 1e-3, "main.0.weight");
    }

    private ProgramRun Run(string command, string file, string? target = null, params string[] options) =>
        ProgramRun.ResearchKit(_folder.Path, null, [command, file, .. target is null ? (string[])[] : [target], .. options]);
}
