namespace ResearchKit.Models;

/// <summary>SAGAN's residual networks: those of projection cGAN with attention, and spectral normalisation in G too.</summary>
/// <remarks>Zhang et al., arXiv:1805.08318, section 4, which has them for 128 pixels: attention at 32 x 32 in G and D. As in mimicry at 32
/// pixels: attention at 16 x 16 in G and 8 x 8 in D; at 64 pixels both at 16 x 16, the kit's choice. Deviations: biases start as
/// PyTorch's.</remarks>
internal static class Sagan
{
    public static ResNetStyle Style { get; } = Sngan.Projection with
    {
        Name = "sagan", Paper = "Zhang et al., arXiv:1805.08318, as in mimicry",
        Purpose = $"images of 32, 64 or 128 pixels with classes, with attention; {Sngan.Words}",
        SpectralGenerator = true, Attention = size => size switch { 32 => (16, 8), 64 => (16, 16), _ => (32, 32) },
    };
}
