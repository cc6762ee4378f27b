using ResearchKit.Files;
using static TorchSharp.torch;

namespace ResearchKit.Support;

/// <summary>The tensors of a file that a script in tests/peers wrote.</summary>
internal sealed class ReferenceTensors(string path)
{
    private readonly TensorCollection _tensors = SafetensorsFile.Read(path);

    public Tensor this[string name] => _tensors[name];

    /// <summary>The tensors whose names start with a prefix, without it.</summary>
    public Dictionary<string, Tensor> Under(string prefix) =>
        _tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value);
}
