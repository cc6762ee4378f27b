namespace ResearchKit.Models;

/// <summary>BigGAN's residual networks.</summary>
/// <remarks>Brock, Donahue and Simonyan, arXiv:1809.11096, appendix B, as in the authors' PyTorch code, in its setting for
/// CIFAR-10: no attention, z goes in at one place, each normalisation has a table of classes of its own, weights start at N(0, 0.02).
/// Deviations: the smallest norm of spectral normalisation is 1e-12, not 1e-8. The networks for 128 pixels, with z in pieces and attention,
/// are not here.</remarks>
internal static class BigGan
{
    public static ResNetStyle Style { get; } = new("biggan", "Brock et al., arXiv:1809.11096, as in the authors' PyTorch code",
        "images of 32 pixels with classes; features is a quarter of the width of G and D (64 by itself), z has 128 numbers")
    {
        Sizes = [32], SpectralGenerator = true, WideDiscriminator = true, SmallNormalWeights = true, GainAroundOne = true,
        TakesClasses = true, NeedsClasses = true, OwnFeatures = _ => 64,
        Widths = (_, features) =>
            ([4 * features, 4 * features, 4 * features, 4 * features], [4 * features, 4 * features, 4 * features, 4 * features]),
    };
}
