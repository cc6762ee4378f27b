namespace ResearchKit.Models.Translation;

/// <summary>What the hidden layers of image-to-image networks normalise.</summary>
public enum TranslationNormalization
{
    /// <summary>The batch, as in pix2pix (arXiv:1611.07004): with a batch of one it is <see cref="Instance"/> with scale and
    /// shift.</summary>
    Batch,

    /// <summary>Each channel of each image by itself, without scale and shift, as in CycleGAN (arXiv:1703.10593).</summary>
    Instance,
}

/// <summary>The layers that depend on it.</summary>
internal static class TranslationLayers
{
    public static nn.Module<Tensor, Tensor> Layer(this TranslationNormalization normalization, int width) =>
        normalization == TranslationNormalization.Batch ? nn.BatchNorm2d(width) : nn.InstanceNorm2d(width);

    // Batch normalisation has a shift of its own.
    public static bool WithBias(this TranslationNormalization normalization) => normalization == TranslationNormalization.Instance;
}
