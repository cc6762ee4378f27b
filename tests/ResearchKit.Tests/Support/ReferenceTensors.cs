using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace ResearchKit.Support;

/// <summary>Reads the safetensors files that the scripts in tests/peers write.</summary>
internal sealed class ReferenceTensors
{
    private readonly Dictionary<string, Tensor> _tensors = [];

    public ReferenceTensors(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var start = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, start - 8));
        foreach (var entry in header.RootElement.EnumerateObject().Where(e => e.Name != "__metadata__"))
        {
            var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64()).ToArray();
            var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(v => v.GetInt32()).ToArray();
            var dtype = entry.Value.GetProperty("dtype").GetString() switch
            {
                "F32" => ScalarType.Float32,
                "F64" => ScalarType.Float64,
                "U8" => ScalarType.Byte,
                "I64" => ScalarType.Int64,
                var other => throw new InvalidDataException(other),
            };
            var tensor = empty(shape, dtype).DetachFromDisposeScope(); // whatever scope is open when a test first asks for it
            bytes.AsSpan(start + offsets[0], offsets[1] - offsets[0]).CopyTo(tensor.bytes);
            _tensors[entry.Name] = tensor;
        }
    }

    public Tensor this[string name] => _tensors[name];

    /// <summary>The tensors whose names start with a prefix, without it.</summary>
    public Dictionary<string, Tensor> Under(string prefix) =>
        _tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value);
}
