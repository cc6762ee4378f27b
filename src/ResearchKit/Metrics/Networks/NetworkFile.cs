using System.Text.Json;
using ResearchKit.Data.Catalog;
using ResearchKit.Files;
using ResearchKit.Runtime;

namespace ResearchKit.Metrics.Networks;

/// <summary>One's own feature network: a JSON file beside the weights.</summary>
/// <remarks>
/// Fields: <c>name</c>, which results carry; <c>weights</c>, a file named from the JSON's folder; <c>sha256</c> of it, checked where it
/// stands. With <c>architecture</c>, one of the kit's networks whose weights are their user's to get, the weights are its state dict, and
/// how images are prepared is that network's. Without it they are TorchScript, and <c>size</c>, <c>channels</c>, <c>divisor</c>,
/// <c>offset</c> say what it takes (<see cref="ImagePreparation"/>), <c>resizer</c> how images get there (else clean), <c>arguments</c>
/// what its forward method takes after the images (true, false or numbers), <c>output</c> which of several results holds the features (0,
/// the first) and <c>logits</c> which one holds class logits. TorchScript is a program, and the only one that the kit ever runs out of a
/// file: it computes tensors, may take all memory or never end, and its operators can read files. Name only one that you trust.
/// </remarks>
/// <example><code>{ "name": "my-net", "weights": "net.pt", "size": 64, "channels": 3, "divisor": 127.5, "offset": 1 }</code></example>
public static class NetworkFile
{
    private static readonly string[] Described = ["size", "channels", "divisor", "offset", "arguments", "output", "logits"];
    private static readonly string[] Fields = ["name", "weights", "sha256", "architecture", "resizer", .. Described];

    /// <summary>Loads the network of a file.</summary>
    /// <param name="path">The JSON file.</param>
    /// <param name="resizer">Takes the place of the file's own; null for that.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="DataFileException">A file is missing or damaged, or a field is missing, unknown or out of range.</exception>
    public static IFeatureNetwork Load(string path, ImageResizer? resizer, Device device)
    {
        using var json = Parsed(path);
        var root = json.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new DataFileException(path, "it must hold one JSON object with \"name\" and \"weights\".");
        }

        if (root.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => !Fields.Contains(n)) is { } unknown)
        {
            throw new DataFileException(path, $"there is no field {TensorFile.Quote(unknown)}; there are {string.Join(", ", Fields)}.");
        }

        var name = Text("name") ?? throw Missing("name", "a text that results carry");
        if (FeatureNetworks.All.Has(name))
        {
            throw new DataFileException(path, $"\"name\" is {TensorFile.Quote(name)}, the kit's own network; give yours another name.");
        }

        var weights = Text("weights") ?? throw Missing("weights", "the file of the weights");
        weights = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, weights);
        if (!File.Exists(weights))
        {
            throw new DataFileException(path, $"\"weights\" names {weights}, which is not there.");
        }

        var sha256 = DataCatalog.Sha256Of(weights);
        if (Text("sha256") is { } stated && !stated.Equals(sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new DataFileException(path, $"\"sha256\" is {stated}, and that of {weights} is {sha256}; get the right file, or " +
                "correct the field.");
        }

        resizer ??= Found("resizer", ImageResizers.All.Names, ImageResizers.All.Find);
        if (Text("architecture") is not null)
        {
            var known = FeatureNetworks.All.Where(n => n.TakesWeights).Select(n => n.Name).ToArray();
            var entry = Found("architecture", known, FeatureNetworks.All.Find)!;
            return Described.FirstOrDefault(f => root.TryGetProperty(f, out _)) is { } needless
                ? throw new DataFileException(path, $"\"{needless}\" is that of the architecture {entry.Name}; leave it out.")
                : new Renamed(name, entry.Open(entry, device, weights, resizer));
        }

        var channels = Whole("channels", 1, 3) ?? throw Missing("channels", "3 for RGB or 1 for grey");
        if (channels == 2)
        {
            throw new DataFileException(path, "\"channels\" must be 3 for RGB or 1 for grey, not 2.");
        }

        var size = Whole("size", 1, 4096) ?? throw Missing("size", "the height and width that the network takes");
        var preparation = new ImagePreparation(size, channels, resizer ?? ImageResizers.All.Find("clean"),
            Numbers("divisor", channels, 1, n => n != 0, "not 0"), Numbers("offset", channels, 0, _ => true, "finite"));
        return ScriptedNetwork.Load(weights, name, sha256, preparation, Arguments(), Whole("output", 0, 99) ?? 0, Whole("logits", 0, 99),
            device);

        DataFileException Missing(string field, string what) => new(path, $"the field \"{field}\" is missing: give {what}.");

        string? Text(string field) => !root.TryGetProperty(field, out var value) ? null
            : value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text
            : throw new DataFileException(path, $"\"{field}\" must be a text, not {TensorFile.Quote(value.GetRawText())}.");

        T? Found<T>(string field, IReadOnlyList<string> names, Func<string, T> find)
            where T : class => Text(field) is not { } text ? null
            : names.Contains(text) ? find(text)
            : throw new DataFileException(path, $"\"{field}\" must be one of {string.Join(", ", names)}, not {TensorFile.Quote(text)}.");

        int? Whole(string field, int least, int most) => !root.TryGetProperty(field, out var value) ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number
            : throw new DataFileException(path,
                $"\"{field}\" must be a whole number from {least} to {most}, not {TensorFile.Quote(value.GetRawText())}.");

        double[] Numbers(string field, int count, double byDefault, Func<double, bool> fits, string range)
        {
            if (!root.TryGetProperty(field, out var value))
            {
                return [byDefault];
            }

            JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
            return (items.Length == 1 || items.Length == count)
                && items.All(i => i.ValueKind == JsonValueKind.Number && double.IsFinite(i.GetDouble()) && fits(i.GetDouble()))
                ? [.. items.Select(i => i.GetDouble())]
                : throw new DataFileException(path,
                    $"\"{field}\" must be one number, or one for each channel, {range}, not {TensorFile.Quote(value.GetRawText())}.");
        }

        object[] Arguments() => !root.TryGetProperty("arguments", out var value) ? []
            : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(i => i.ValueKind is JsonValueKind.True
                or JsonValueKind.False or JsonValueKind.Number)
                ? [.. value.EnumerateArray().Select(i => i.ValueKind == JsonValueKind.Number
                    ? i.TryGetInt32(out var whole) ? whole : i.GetDouble()
                    : (object)i.GetBoolean())]
            : throw new DataFileException(path, "\"arguments\" must be a list of true, false and numbers, as [true, 0.5].");
    }

    private static JsonDocument Parsed(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonDocument.Parse(stream, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "no such file; check the name.", e);
        }
        catch (JsonException e)
        {
            throw new DataFileException(path, $"this is no JSON (line {e.LineNumber + 1}); correct it there.", e);
        }
    }

    private sealed class Renamed(string name, IFeatureNetwork inner) : IFeatureNetwork
    {
        public string Name => name;

        public string Sha256 => inner.Sha256;

        public ImagePreparation Preparation => inner.Preparation;

        public int Width => inner.Width;

        public IReadOnlyList<string> ClassNames => inner.ClassNames;

        public (Tensor Features, Tensor? Logits) Extract(Tensor prepared) => inner.Extract(prepared);

        public void Dispose() => inner.Dispose();
    }

    private sealed class ScriptedNetwork : IFeatureNetwork
    {
        private readonly jit.ScriptModule _module;
        private readonly object[] _arguments;
        private readonly (int Features, int? Logits) _output;
        private readonly Device _device;

        private ScriptedNetwork(jit.ScriptModule module, string name, string sha256, ImagePreparation preparation, object[] arguments,
            (int Features, int? Logits) output, Device device)
        {
            (_module, Name, Sha256, Preparation) = (module, name, sha256, preparation);
            (_arguments, _output, _device) = (arguments, output, device);
            _module.eval();
        }

        public string Name { get; }

        public string Sha256 { get; }

        public ImagePreparation Preparation { get; }

        public int Width { get; private set; }

        public static ScriptedNetwork Load(string file, string name, string sha256, ImagePreparation preparation, object[] arguments,
            int output, int? logits, Device device)
        {
            jit.ScriptModule? module = null;
            try
            {
                using var scope = NewDisposeScope();
                module = jit.load(file, device.type, device.index);
                var network = new ScriptedNetwork(module, name, sha256, preparation, arguments, (output, logits), device);
                network.Width = (int)network.Extract(zeros(2, preparation.Channels, preparation.Size, preparation.Size)).Features.shape[1];
                return network;
            }
            catch (Exception e) when (e is ArgumentException or InvalidCastException or NotImplementedException
                or System.Runtime.InteropServices.ExternalException)
            {
                module?.Dispose();
                var why = e is ArgumentException ? e.Message : module is null
                    ? "it is no file of torch.jit.save; save a traced or scripted module, or give the \"architecture\" of a state dict"
                    : "its forward method cannot be called so: correct \"size\", \"channels\" and \"arguments\" of the JSON file";
                throw new DataFileException(file, why.TrimEnd('.') + ".", e);
            }
        }

        public (Tensor Features, Tensor? Logits) Extract(Tensor prepared)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            TensorFloat32.Use(false, _device); // a protocol says float32
            var made = _module.call([prepared.to(_device), .. _arguments]) switch
            {
                Tensor one => [one],
                System.Runtime.CompilerServices.ITuple some => Enumerable.Range(0, some.Length).Select(i => some[i]).ToArray(),
                System.Collections.IEnumerable some => some.Cast<object?>().ToArray(),
                _ => (object?[])[],
            };
            return (Rows(_output.Features), _output.Logits is { } logits ? Rows(logits) : null);

            Tensor Rows(int index)
            {
                var tensor = index < made.Length ? made[index] as Tensor : null;
                var shape = tensor is null ? "no tensor" : $"{tensor.dtype} of shape ({string.Join(", ", tensor.shape)})";
                return tensor is not null && tensor.is_floating_point() && tensor.dim() >= 2 && tensor.shape[0] == prepared.shape[0]
                    && tensor.shape[2..].All(n => n == 1)
                    ? tensor.flatten(1).to(ScalarType.Float32).to(CPU).contiguous().MoveToOuterDisposeScope()
                    : throw new ArgumentException($"result {index} of its {made.Length} is {shape}, and features or logits are floats " +
                        "(N, D): correct \"output\" or \"logits\" of the JSON file");
            }
        }

        public void Dispose() => _module.Dispose();
    }
}
