using System.Diagnostics;
using System.IO.Compression;
using ResearchKit.Files;
using ResearchKit.Models;
using ResearchKit.State;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Files;

/// <summary>Files that PyTorch wrote, see tests/peers/torch_files.py.</summary>
public sealed class TorchFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("zip-2.pth")]
    [InlineData("legacy-2.pth")]
    public void Reads_every_dtype_and_every_kind_of_view(string name)
    {
        using var scope = NewDisposeScope();
        using var read = TorchFile.Read(Reference(name));
        Assert.Equal(17, read.Count);
        foreach (var (dtype, type) in Types)
        {
            SomeTensors.Same(Expected(dtype, type), read[dtype]);
        }

        var numbers = arange(24, dtype: ScalarType.Float32);
        SomeTensors.Same(tensor(2.5f), read["scalar"]);
        SomeTensors.Same(zeros(0, 5), read["empty"]);
        SomeTensors.Same(arange(6, dtype: ScalarType.Float32).reshape(2, 3), read["parameter"]);
        SomeTensors.Same(numbers, read["shared"]);
        SomeTensors.Same(numbers.narrow(0, 7, 6), read["offset"]);
        SomeTensors.Same(numbers.reshape(4, 6).t()[1..4, TensorIndex.Slice(null, null, 2)], read["strided"]);
        SomeTensors.Same(tensor(new[] { 1.5f, 1.5f, 1.5f, 2.5f, 2.5f, 2.5f }, [2, 3]), read["expanded"]);
        read["shared"].add_(100);
        Assert.Equal(107, read["offset"][0].item<float>());
    }

    [Theory]
    [InlineData("zip-3.pth")]
    [InlineData("zip-4.pth")]
    [InlineData("zip-5.pth")]
    [InlineData("legacy-3.pth")]
    [InlineData("legacy-4.pth")]
    [InlineData("legacy-5.pth")]
    public void Reads_every_protocol(string name)
    {
        using var scope = NewDisposeScope();
        using var read = TorchFile.Read(Reference(name));
        Assert.Equal(["a", "b.c"], read.Names);
        SomeTensors.Same(arange(6, dtype: ScalarType.Float32).reshape(2, 3).t(), read["a"]);
        SomeTensors.Same(tensor(7L), read["b.c"]);
    }

    [Fact]
    public void Reads_the_tensors_of_a_checkpoint_and_skips_the_rest()
    {
        using var read = TorchFile.Read(Reference("checkpoint.pth"));
        Assert.Equal(
            [
                "g_ema.0.bias", "g_ema.0.weight", "g_ema.1.bias", "g_ema.1.num_batches_tracked", "g_ema.1.running_mean",
                "g_ema.1.running_var", "g_ema.1.weight", "optim.state.0.exp_avg", "optim.state.0.exp_avg_sq", "optim.state.0.step",
                "optim.state.1.exp_avg", "optim.state.1.exp_avg_sq", "optim.state.1.step", "optim.state.2.exp_avg",
                "optim.state.2.exp_avg_sq", "optim.state.2.step", "optim.state.3.exp_avg", "optim.state.3.exp_avg_sq",
                "optim.state.3.step", "pair.0", "pair.1.0",
            ],
            read.Names);
        Assert.Equal([1, 2], read["pair.0"].data<long>().ToArray());
        Assert.Equal(1, read["optim.state.3.step"].item<float>());
        Assert.Equal([3, 2], read["g_ema.0.weight"].shape);
    }

    [Fact]
    public void Reads_a_TorchScript_module_by_its_attributes()
    {
        using var read = TorchFile.Read(Reference("script.pt"));
        Assert.Equal(["blocks.0.conv.bias", "blocks.0.conv.weight", "blocks.0.window", "constants.0", "kept.0", "scale"], read.Names);
        Assert.Equal([3, 5], read["scale"].data<float>().ToArray());
        Assert.Equal([0.25f, 0.5f, 0.25f], read["blocks.0.window"].data<float>().ToArray());
        Assert.Equal([2, 1, 3, 3], read["blocks.0.conv.weight"].shape);
        Assert.Equal([1, 2], read["constants.0"].data<float>().ToArray());
        Assert.Equal([7, 8], read["kept.0"].data<long>().ToArray());
    }

    [Theory]
    [InlineData("module.pt", "torch.nn.modules.container.Sequential")]
    [InlineData("module-legacy.pt", "torch.nn.modules.activation.ReLU")]
    public void A_whole_model_is_refused_by_its_class(string file, string type) =>
        BadFile.Fails(Reference(file), $"it names '{type}', and no class or function out of a file is used here; in Python load it if " +
            "you trust it, and save the tensors alone: torch.save(model.state_dict(), FILE)", () => TorchFile.Read(Reference(file)));

    [Fact]
    public void A_DCGAN_of_PyTorch_makes_the_same_images_here()
    {
        using var scope = NewDisposeScope();
        using var read = TorchFile.Read(Reference("dcgan.pth"));
        using var g = new DcganGenerator(64, 3, 2, 5);
        StateFile.Fill(g, [.. read.Where(t => t.Key.StartsWith("netG.", StringComparison.Ordinal))
            .Select(t => KeyValuePair.Create(t.Key[5..], t.Value))], "dcgan.pth");
        g.eval();
        using var noGrad = no_grad();
        var every = TensorIndex.Slice(null, null, 8);
        var difference = (g.call(read["z"])[TensorIndex.Ellipsis, every, every] - read["images"]).abs().max().item<float>();
        TestContext.Current.SendDiagnosticMessage($"largest difference of a pixel {difference:R}");
        Assert.InRange(difference, 0, 1e-5f);
        Assert.True(read["images"].std().item<float>() > 0.1f);
    }

    [Fact]
    public void Big_endian_files_are_turned_or_refused()
    {
        var content = TorchBytes.Pickle(TorchBytes.Dict(("w", TorchBytes.Tensor("0", 2))));
        var big = TorchBytes.Zip(_folder["big"], content, ("byteorder", "big"u8.ToArray()),
            ("data/0", [0x3f, 0x80, 0, 0, 0x40, 0, 0, 0]));
        using var read = TorchFile.Read(big);
        Assert.Equal([1, 2], read["w"].data<float>().ToArray());
        var other = TorchBytes.Zip(_folder["other"], content, ("byteorder", "middle"u8.ToArray()), ("data/0", new byte[8]));
        BadFile.Fails(other, "neither little nor big", () => TorchFile.Read(other));
        var legacy = File.ReadAllBytes(Reference("legacy-2.pth"));
        var at = legacy.AsSpan().IndexOf("little_endian"u8);
        legacy[at + legacy.AsSpan(at).IndexOf((byte)0x88)] = 0x89;
        File.WriteAllBytes(_folder["legacy"], legacy);
        BadFile.Fails(_folder["legacy"], "big-endian machine", () => TorchFile.Read(_folder["legacy"]));
    }

    [Fact]
    public void A_tensor_alone_has_a_name()
    {
        var alone = TorchBytes.Zip(_folder["alone"], TorchBytes.Pickle(TorchBytes.Tensor("0", 2)), ("data/0", new byte[8]));
        using var read = TorchFile.Read(alone);
        Assert.Equal(["tensor"], read.Names);
    }

    [Theory]
    [InlineData("zip-5.pth")]
    [InlineData("legacy-5.pth")]
    [InlineData("legacy-2.pth")]
    public void Cut_anywhere(string name) =>
        BadFile.FailsWhereverCut(_folder, File.ReadAllBytes(Reference(name)), p => TorchFile.Read(p).Dispose());

    [Fact]
    public void Ten_thousand_mutations_read_or_fail()
    {
        var (random, clock, live) = (new Random(1), Stopwatch.StartNew(), Tensor.TotalCount);
        var originals = ((string[])["zip-2.pth", "zip-4.pth", "legacy-2.pth", "legacy-4.pth", "script.pt", "checkpoint.pth"])
            .Select(n => File.ReadAllBytes(Reference(n))).ToArray();
        int good = 0, failed = 0;
        var archives = ((string[])["zip-2.pth", "zip-5.pth", "script.pt", "checkpoint.pth"]).Select(Parts).ToArray();
        for (var i = 0; i < 10_000; i++)
        {
            if (i % 2 == 0)
            {
                File.WriteAllBytes(_folder["m"], Mutated(originals[random.Next(originals.Length)], random));
            }
            else
            {
                // a changed pickle with its right checksum
                var (pickle, records) = archives[random.Next(archives.Length)];
                File.Delete(_folder["m"]);
                TorchBytes.Zip(_folder["m"], Mutated(pickle, random), records);
            }

            try
            {
                TorchFile.Read(_folder["m"]).Dispose();
                good++;
            }
            catch (DataFileException e)
            {
                Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
                failed++;
            }
        }

        Assert.True(good > 100 && failed > 1000, $"{good} read, {failed} failed");
        Assert.InRange(Tensor.TotalCount, 0, live);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"{clock.Elapsed}");
        TestContext.Current.SendDiagnosticMessage($"{good} read, {failed} failed in {clock.Elapsed}");
    }

    private static (byte[] Pickle, (string Name, byte[] Content)[] Records) Parts(string name)
    {
        using var archive = ZipFile.OpenRead(Reference(name));
        var records = archive.Entries.Select(e =>
        {
            using var stream = e.Open();
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return (Name: e.FullName[(e.FullName.IndexOf('/', StringComparison.Ordinal) + 1)..], Content: content.ToArray());
        }).ToLookup(r => r.Name == "data.pkl");
        return (records[true].Single().Content, [.. records[false]]);
    }

    private static byte[] Mutated(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 30), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, Enumerable.Range(0, random.Next(1, 30)).Select(_ => (byte)random.Next(256)));
                    break;
                default:
                    // mostly the pickle: an operation for another
                    bytes[random.Next(Math.Min(bytes.Count, 900))] = (byte)"()}]tdeusaqhjrRbQ.012NKMJG"[random.Next(26)];
                    break;
            }

            if (bytes.Count == 0)
            {
                return [];
            }
        }

        return [.. bytes];
    }

    private static readonly (string Name, ScalarType Type)[] Types =
    [
        ("float64", ScalarType.Float64), ("float32", ScalarType.Float32), ("float16", ScalarType.Float16),
        ("bfloat16", ScalarType.BFloat16), ("int64", ScalarType.Int64), ("int32", ScalarType.Int32), ("int16", ScalarType.Int16),
        ("int8", ScalarType.Int8), ("uint8", ScalarType.Byte), ("bool", ScalarType.Bool),
    ];

    private static string Reference(string name) => Repository.Reference($"torch/{name}");

    // The script computes the same numbers; each is exact in its type.
    private static Tensor Expected(string name, ScalarType type) => tensor(Enumerable.Range(0, 24).Select(i =>
        name == "bool" ? (i % 3 == 0 ? 1.0 : 0)
        : name == "uint8" ? i * 37 % 101
        : (i * 37 % 101 - 50) / (name.Contains("float", StringComparison.Ordinal) ? 8.0 : 1)).ToArray(), [2, 3, 4]).to(type);
}
