namespace ResearchKit.Models;

/// <summary>SNGAN's residual networks, and with them the projection discriminator.</summary>
/// <remarks>Miyato et al., arXiv:1802.05957, appendix B, and Miyato and Koyama, arXiv:1802.05637. The authors' Chainer code
/// (<c>sngan-chainer</c>) repeats pixels to enlarge, has no bias in D's last layer and starts biases at 0; mimicry's port (<c>sngan</c>,
/// <c>cgan-pd</c>), whose published numbers many cite, enlarges between pixels, has that bias and PyTorch's first biases.</remarks>
internal static class Sngan
{
    public const string Words =
        "features is the width of G, and at 32 pixels twice that of D (256 by itself; 1024 above), z has 128 numbers";

    public static ResNetStyle Style { get; } = new("sngan", "Miyato et al., arXiv:1802.05957, as in mimicry",
        $"images of 32, 64 or 128 pixels, without classes; {Words}")
    {
        Bilinear = true, OwnFeatures = Own, Widths = ResNetStyle.Doubling,
    };

    public static ResNetStyle Projection { get; } = Style with
    {
        Name = "cgan-pd", Paper = "Miyato and Koyama, arXiv:1802.05637, as in mimicry", TakesClasses = true, NeedsClasses = true,
        Purpose = $"images of 32, 64 or 128 pixels with classes: SNGAN with a projection discriminator; {Words}",
    };

    public static ResNetStyle Chainer { get; } = new("sngan-chainer", "Miyato et al., arXiv:1802.05957, as in the authors' code",
        $"images of 32, 64 or 128 pixels, with or without classes; {Words}")
    {
        LastBias = false, ZeroBiases = true, GainDeviation = 0, Epsilon = 2e-5, TakesClasses = true, OwnFeatures = Own,
        Widths = ResNetStyle.Doubling,
    };

    private static int Own(int size) => size == 32 ? 256 : 1024;
}
