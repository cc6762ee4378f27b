using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>Tells networks that treat each sample of a batch by itself: two batches can then be shown to them as one.</summary>
internal static class SampleWise
{
    /// <summary>True where every layer is known to be so: none with batch statistics, random or changing, or of the user's own.</summary>
    public static bool Holds(nn.Module network) => network.modules().Prepend(network).All(IsKnown);

    // A class derived from Sequential may do anything in between.
    private static bool IsKnown(nn.Module layer) => layer.GetType() == typeof(Sequential)
        || layer is BatchedDiscriminator { IsSampleWise: true } or BatchedLayers or BatchedLinear or BatchedConvolution or
        MlpDiscriminator or DcganDiscriminator or Flatten or LinearMaxout
        or Embedding or Linear or Conv1d or Conv2d or Conv3d or GroupNorm or LayerNorm
        or ReLU or Layers.LeakyReLU or TorchSharp.Modules.LeakyReLU or Tanh or Sigmoid or SiLU or GELU or ELU;
}
