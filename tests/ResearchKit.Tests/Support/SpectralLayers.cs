using ResearchKit.Models.Layers;
using static TorchSharp.torch;

namespace ResearchKit.Support;

/// <summary>One small layer of each kind that normalises its weight, as in tests/peers/stabilizers.py.</summary>
internal static class SpectralLayers
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("stabilizers.safetensors"));

    public static IReadOnlyList<string> Names { get; } = ["conv1d", "conv2d", "transposed", "linear", "embedding"];

    public static nn.Module<Tensor, Tensor> Build(string name) => name switch
    {
        "conv1d" => new SpectralConv1d(2, 3, 3, 2, 1),
        "conv2d" => new SpectralConv2d(2, 3, 3, 2, 1),
        "transposed" => new SpectralConvTranspose2d(2, 3, 4, 2, 1),
        "linear" => new SpectralLinear(4, 3),
        _ => new SpectralEmbedding(6, 4),
    };

    public static Tensor Input(string name, ScalarType dtype = ScalarType.Float32)
    {
        var x = Reference[$"layer.{name}.input"];
        return name == "embedding" ? x.clone() : x.to(dtype, copy: true);
    }
}
