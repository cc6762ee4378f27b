namespace ResearchKit.Models;

/// <summary>WGAN-GP's residual networks.</summary>
/// <remarks>Gulrajani et al., arXiv:1704.00028, appendix F, as its authors' code for CIFAR-10 has them: pixels repeated to enlarge, batch
/// normalisation in G only, means at the end of the critic, Glorot's weights (times sqrt(2) in blocks), biases of 0. The authors'
/// conditional form is an auxiliary classifier, which the kit has not.</remarks>
internal static class WganGp
{
    public static ResNetStyle Style { get; } = new("wgan-gp", "Gulrajani et al., arXiv:1704.00028, appendix F",
        "images of 32, 64 or 128 pixels; features is the width of G and D (128 by itself; 1024 above 32 pixels), z has 128 numbers")
    {
        SpectralDiscriminator = false, MeanPooling = true, ZeroBiases = true, OwnFeatures = size => size == 32 ? 128 : 1024,
        Widths = (size, features) => size == 32
            ? ([features, features, features, features], [features, features, features, features])
            : ResNetStyle.Doubling(size, features),
    };
}
