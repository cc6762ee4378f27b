namespace ResearchKit.Training.Augmentation;

/// <summary>What image augmentations ask of their input.</summary>
internal static class ImageBatch
{
    /// <summary>Throws unless the samples are images.</summary>
    /// <exception cref="ArgumentException">The shape is not (B, C, H, W), or H or W is below <paramref name="leastSide"/>.</exception>
    public static void Require(Tensor samples, string augmentation, int leastSide)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.dim() != 4 || samples.shape[2] < leastSide || samples.shape[3] < leastSide)
        {
            throw new ArgumentException($"{augmentation} works on images of at least {leastSide} x {leastSide} pixels, shape (B, C, H, " +
                $"W), not on ({string.Join(", ", samples.shape)}): use {nameof(InstanceNoise)} for other samples.", nameof(samples));
        }
    }
}
