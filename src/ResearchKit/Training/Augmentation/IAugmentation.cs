using ResearchKit.Losses;

namespace ResearchKit.Training.Augmentation;

/// <summary>What real and generated samples go through before D sees them, in D's steps and in G's: D never sees a sample as it is, so it
/// cannot learn the training set by heart, and G's gradient comes back through it.</summary>
public interface IAugmentation
{
    /// <summary>True where it works on images only, shape (B, C, H, W).</summary>
    bool NeedsImages { get; }

    /// <summary>Why it makes no sense with a loss, in one sentence; null where it does.</summary>
    /// <param name="loss">The game.</param>
    string? Refuses(IAdversarialLoss loss) => null;

    /// <summary>Changes a batch at random, differentiably; every call draws anew from the augmentation's own random stream.</summary>
    /// <param name="samples">Shape (B, ...), float32 or float64, on any device.</param>
    /// <param name="step">The training step, from 1: schedules look at it.</param>
    /// <returns>The same shape, dtype and device. The caller disposes it; it may be <paramref name="samples"/> itself.</returns>
    Tensor Apply(Tensor samples, long step);

    /// <summary>Told after each of D's updates what D said of the augmented real samples, to steer by.</summary>
    /// <param name="realLogits">Shape (B), without a graph.</param>
    void Observe(Tensor realLogits)
    {
    }
}

internal static class ImageBatch
{
    public static void Require(Tensor samples, string augmentation, int leastSide)
    {
        if (samples.dim() != 4 || samples.shape[2] < leastSide || samples.shape[3] < leastSide)
        {
            throw new ArgumentException($"{augmentation} works on images of at least {leastSide} x {leastSide} pixels, shape (B, C, H, " +
                $"W), not on ({string.Join(", ", samples.shape)}): use {nameof(InstanceNoise)} for other samples.", nameof(samples));
        }
    }
}
