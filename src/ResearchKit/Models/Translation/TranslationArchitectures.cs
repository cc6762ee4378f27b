using ResearchKit.Registers;

namespace ResearchKit.Models.Translation;

/// <summary>Networks from image to image that options name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Paper">Where it comes from.</param>
/// <param name="Purpose">What it is for, in a few words.</param>
/// <param name="IsPaired">Whether it learns from pairs: D then sees the input beside the output, and there is one way only.</param>
/// <param name="Translator">Builds a generator on the CPU from the global random generator, for images of a side, from and to so many
/// channels.</param>
/// <param name="Discriminator">Builds a discriminator likewise, for images of a side and of so many channels.</param>
/// <param name="Refuses">Why options or a side do not fit, in one sentence; null where they do.</param>
public sealed record TranslationArchitecture(string Name, string Paper, string Purpose, bool IsPaired,
    Func<NetworkOptions, int, int, int, ImageTranslator> Translator,
    Func<NetworkOptions, int, int, nn.Module<Tensor, Tensor>> Discriminator, Func<NetworkOptions, int, string?> Refuses) : INamed;

/// <summary>The networks from image to image by name.</summary>
public static class TranslationArchitectures
{
    private const int Features = 64; // the papers'

    /// <summary>Every one of them; a new one is its file and a line here.</summary>
    public static Register<TranslationArchitecture> All { get; } = new("architecture from image to image",
        new TranslationArchitecture("cyclegan", "Zhu et al., arXiv:1703.10593", "images without pairs, both ways: residual generators, a " +
            "PatchGAN for each domain; features is the width of their outer layers (64 by itself), layers the residual blocks (9 from " +
            "256 pixels on, else 6)", false,
            (options, size, inputs, outputs) =>
                new ResNetTranslator(inputs, outputs, options.Features ?? Features, options.Layers ?? (size >= 256 ? 9 : 6)),
            Patch(TranslationNormalization.Instance),
            (_, size) => size % 4 == 0 && size >= Smallest ? null : $"cyclegan takes images whose side is a multiple of 4 and at least " +
                $"{Smallest} pixels, not {size}: choose another with --size (imageSize)."),
        new TranslationArchitecture("cyclegan-unet", "Zhu et al., arXiv:1703.10593", "CycleGAN with U-Nets in place of the residual " +
            "generators, an option of its authors' code: keeps more of the input, and learns sooner; features is the width of the outer " +
            "layers (64 by itself), layers how often it halves the image (down to one pixel by itself)", false,
            UNet(TranslationNormalization.Instance),
            Patch(TranslationNormalization.Instance),
            UNetRefuses("cyclegan-unet")),
        new TranslationArchitecture("pix2pix", "Isola et al., arXiv:1611.07004", "images in pairs, one way: a U-Net, and a PatchGAN that " +
            "sees the input too; features is the width of their outer layers (64 by itself), layers how often the U-Net halves the image " +
            "(down to one pixel by itself)", true,
            UNet(TranslationNormalization.Batch),
            Patch(TranslationNormalization.Batch),
            UNetRefuses("pix2pix")));

    private const int Smallest = 32;

    // The patch is about half of the image, as that of 70 pixels is in the papers' crops; never larger than theirs.
    private static int PatchLayers(int size) => size < 64 ? 1 : size < 128 ? 2 : 3;

    private static Func<NetworkOptions, int, int, nn.Module<Tensor, Tensor>> Patch(TranslationNormalization normalization) =>
        (options, size, channels) => new PatchDiscriminator(channels, options.Features ?? Features, PatchLayers(size), normalization);

    private static Func<NetworkOptions, int, int, int, ImageTranslator> UNet(TranslationNormalization normalization) =>
        (options, size, inputs, outputs) =>
            new UNetTranslator(options.Layers ?? int.Log2(size), inputs, outputs, options.Features ?? Features, normalization);

    private static Func<NetworkOptions, int, string?> UNetRefuses(string name) => (options, size) => options.Layers switch
    {
        null => size >= Smallest && int.IsPow2(size) ? null
            : $"{name} takes images whose side is a power of two of at least {Smallest} pixels, not {size}: choose another with --size " +
                "(imageSize), or say with layers how often it halves them.",
        < 2 => $"{name} halves images at least twice: set layers to 2 or more, or to auto.",
        { } layers => size >= Smallest && layers < 31 && size % (1 << layers) == 0 ? null
            : $"{name} with layers {layers} takes images whose side is a multiple of {Math.Pow(2, layers)} and at least {Smallest} " +
                $"pixels, not {size}: choose another with --size (imageSize), or fewer layers.",
    };
}
