using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>Tells networks that treat each sample of a batch by itself: two batches can be shown to them as one, with the same
/// outcome.</summary>
internal static class SampleWise
{
    /// <summary>True where every layer is known to be so. Networks with batch statistics, with random or changing layers, or with layers of
    /// the user's own are not counted in.</summary>
    /// <param name="network">The network.</param>
    public static bool Holds(nn.Module network) => network.modules().Prepend(network).All(IsKnown);

    // A class derived from Sequential may do anything in between.
    private static bool IsKnown(nn.Module layer) => layer.GetType() == typeof(Sequential) || layer is
        MlpDiscriminator or DcganDiscriminator or Flatten or LinearMaxout
        or Linear or Conv1d or Conv2d or Conv3d or GroupNorm or LayerNorm
        or ReLU or Layers.LeakyReLU or TorchSharp.Modules.LeakyReLU or Tanh or Sigmoid or SiLU or GELU or ELU;
}
