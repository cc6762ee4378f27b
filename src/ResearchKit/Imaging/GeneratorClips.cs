using ResearchKit.Data;
using ResearchKit.Data.Clips;
using ResearchKit.Models;

namespace ResearchKit.Imaging;

/// <summary>Draws a set of clips from a generator, repeatable.</summary>
public static class GeneratorClips
{
    /// <summary>Generates clips from z ~ N(0, I), batch by batch, in evaluation mode and without a gradient.</summary>
    /// <inheritdoc cref="GeneratorImages.Draw"/>
    /// <param name="generator">The generator, on the device that is to compute; its mode is as before afterwards.</param>
    /// <param name="name">What the set is called in reports.</param>
    /// <param name="count">How many clips, at least 1.</param>
    /// <param name="seed">As in <see cref="GeneratorImages.Draw"/>.</param>
    /// <param name="batchSize">Clips at a time, at least 1.</param>
    /// <param name="truncation">As in <see cref="GeneratorImages.Draw"/>.</param>
    /// <param name="cancellation">Ends the work between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>A set on the CPU. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The generator makes no clips.</exception>
    public static ClipSet Draw(LatentGenerator generator, string name, int count, long seed, int batchSize = 32,
        double? truncation = null, CancellationToken cancellation = default)
    {
        if (generator is not IClipGenerator)
        {
            throw new ArgumentException($"{name}: this {generator.GetType().Name} makes no clips.", nameof(generator));
        }

        using var scope = NewDisposeScope();
        var parts = GeneratorImages.Samples(generator, name, count, seed, batchSize, truncation: truncation, cancellation: cancellation)
            .Select(batch => PixelValues.ToBytes(batch).cpu()).ToList(); // (B, C, T, H, W)
        return new ClipSet(name, cat(parts));
    }
}
