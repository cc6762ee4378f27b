using ResearchKit.Data.Sounds;
using ResearchKit.Models;

namespace ResearchKit.Imaging;

/// <summary>Draws a set of sounds from a generator, repeatable.</summary>
public static class GeneratorSounds
{
    /// <summary>Generates sounds from z ~ N(0, I), batch by batch, in evaluation mode and without a gradient.</summary>
    /// <inheritdoc cref="GeneratorImages.Draw"/>
    /// <param name="generator">The generator, on the device that is to compute; its mode is as before afterwards.</param>
    /// <param name="name">What the set is called in reports.</param>
    /// <param name="count">How many sounds, at least 1.</param>
    /// <param name="seed">As in <see cref="GeneratorImages.Draw"/>.</param>
    /// <param name="batchSize">Sounds at a time, at least 1.</param>
    /// <param name="truncation">As in <see cref="GeneratorImages.Draw"/>.</param>
    /// <param name="cancellation">Ends the work between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>A set on the CPU. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The generator makes no sounds.</exception>
    public static SoundSet Draw(LatentGenerator generator, string name, int count, long seed, int batchSize = 64,
        double? truncation = null, CancellationToken cancellation = default)
    {
        var sounds = generator as ISoundGenerator ?? throw new ArgumentException(
            $"{name}: this {generator.GetType().Name} makes no sounds.", nameof(generator));
        using var scope = NewDisposeScope();
        var parts = GeneratorImages.Samples(generator, name, count, seed, batchSize, truncation: truncation, cancellation: cancellation)
            .Select(batch => batch.to(ScalarType.Float32, CPU, copy: true)).ToList(); // (B, 1, T)
        return new SoundSet(name, cat(parts), sounds.Rate);
    }
}
