using static TorchSharp.torch;

namespace ResearchKit.Training.Augmentation;

/// <summary>The random streams of the augmentations: on the CPU, and each of its own, so that two parts with one seed do not draw the same numbers.</summary>
internal static class AugmentationStream
{
    public static Generator Noise(long seed) => Salted(seed, 0x1B873593);

    public static Generator Diff(long seed) => Salted(seed, 0x52DCE729);

    public static Generator Adaptive(long seed) => Salted(seed, 0x38495AB5);

    // libtorch's generator looks at the lower 32 bits of a seed only.
    private static Generator Salted(long seed, ulong salt) => new(unchecked((ulong)seed) ^ salt);
}
