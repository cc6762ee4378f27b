using System.Text.Json;
using ResearchKit.Experiments.Options;
using ResearchKit.Models;
using ResearchKit.State;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

internal static class ConvertCommand
{
    private const string Suffix = ".safetensors";

    public static Command Create()
    {
        var file = Given<string>("file", "A PyTorch file (.pt, .pth; nothing in it is run) or a .safetensors file.");
        var target = Given<string?>("out", "The .safetensors file to write; without one the tensors are listed.", optional: true);
        var prefix = Value<string?>("--prefix", "Takes the tensors whose names begin so, and drops this beginning.");
        var map = Value<string?>("--names", "A JSON file of new names, {\"from\": \"to\"}; \"from*\" is the beginning of names, null " +
            "leaves tensors out.");
        var name = Value<string?>("--as", "Writes a generator of these networks (`architectures` lists them), which `sample` and " +
            "`metrics` take.");
        var size = Value<int?>("--size", "With --as: side of its images in pixels, numbers in a point, samples of a sound, or " +
            "characters of a line of the letters a to z.")
            .AtLeast(1, 65_536);
        var channels = Value<int?>("--channels", "With --as: channels of its images; 3.").AtLeast(1, 3);
        var set = Repeated("--set", "With --as: an option of the networks, as name=value (features=64, latent=100).");
        var command = new Command("convert", "Reads the weights of a PyTorch file and writes them as safetensors, as they are or as a " +
            "generator of the kit.") { file, target, prefix, map, name, size, channels, set };
        command.SetWork((parsed, _) =>
        {
            var (path, to, networks) = (parsed.GetValue(file)!, parsed.GetValue(target), parsed.GetValue(name));
            if (to?.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) == false)
            {
                throw new UsageException($"{to}: safetensors is what is written, so give it a name that ends in {Suffix}.");
            }

            if (networks is null ? parsed.GetValue(size) is not null || parsed.GetValue(channels) is not null
                || parsed.GetValue(set) is { Length: > 0 } : to is null)
            {
                throw new UsageException("--as NETWORKS, --size, --channels and --set tell of a generator, which needs the first of them " +
                    "and a file to write.");
            }

            NativeRuntime.EnsureLoaded();
            using var read = path.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) ? SafetensorsFile.Read(path) : TorchFile.Read(path);
            var tensors = TensorNames.Rename(read, path, parsed.GetValue(prefix), parsed.GetValue(map));
            if (to is null)
            {
                List(tensors);
                return 0;
            }

            if (networks is null)
            {
                SafetensorsFile.Write(to, tensors, read.Metadata);
                Console.WriteLine($"{to}: {tensors.Count} tensors");
            }
            else
            {
                using var generator = Build(networks, parsed.GetValue(size), parsed.GetValue(channels), parsed.GetValue(set)!);
                StateFile.Fill(generator, tensors, path);
                GeneratorFile.Save(generator, to);
                Console.WriteLine($"{to}: {generator.GetType().Name}, {tensors.Count} tensors; researchkit sample {to} --grid grid.png");
            }

            Console.WriteLine(Python(to));
            return 0;
        });
        return command;
    }

    private static LatentGenerator Build(string name, int? size, int? channels, string[] set)
    {
        var architecture = Typed(() => Architectures.All.Find(name));
        var options = Typed(() => new ExperimentOptions { Networks = architecture.Example.Options with { Architecture = name } }.With(set));
        var shape = new SampleShape(architecture.Takes, size ?? architecture.Example.Size,
            architecture.Takes.HasColour() ? channels ?? 3 : 1);
        shape = options.Data.Rate is { } rate ? shape with { Rate = rate } : shape;
        shape = options.Data.Frames is { } frames ? shape with { Frames = frames } : shape;
        var (g, d) = Typed(() => Architectures.For(options.Networks, shape)).Build(options.Networks, shape);
        d.Dispose();
        return g;
    }

    private static void List(List<KeyValuePair<string, Tensor>> tensors)
    {
        var width = tensors.Max(t => t.Key.Length);
        foreach (var (name, tensor) in tensors)
        {
            Console.WriteLine($"{name.PadRight(width)}  {tensor.dtype,-8}  ({string.Join(", ", tensor.shape)})");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{tensors.Count} tensors, {tensors.Sum(t => t.Value.numel()):N0} numbers"));
    }

    private static string Python(string file)
    {
        var name = $"\"{JsonEncodedText.Encode(file)}\"";
        return $$"""

            In Python, with `pip install safetensors`:
              from safetensors.torch import load_file
              state = load_file({{name}})
            or with PyTorch alone:
              import json, math, struct, torch
              with open({{name}}, "rb") as f:
                  header, data = json.loads(f.read(struct.unpack("<Q", f.read(8))[0])), bytearray(f.read())
              types = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64,
                       "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool}
              state = {n: torch.frombuffer(data, dtype=types[t["dtype"]], count=math.prod(t["shape"]), offset=t["data_offsets"][0])
                       .reshape(t["shape"]) for n, t in header.items() if n != "__metadata__"}
            and then
              network.load_state_dict(state)
            """;
    }
}
