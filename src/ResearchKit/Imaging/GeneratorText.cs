using ResearchKit.Models;

namespace ResearchKit.Imaging;

/// <summary>Draws lines of text from a generator, repeatable.</summary>
public static class GeneratorText
{
    /// <summary>Generates lines from z ~ N(0, I), batch by batch, in evaluation mode and without a gradient.</summary>
    /// <inheritdoc cref="GeneratorImages.Draw"/>
    /// <param name="generator">The generator, on the device that is to compute; its mode is as before afterwards.</param>
    /// <param name="name">What it is called in errors.</param>
    /// <param name="count">How many lines, at least 1.</param>
    /// <param name="seed">As in <see cref="GeneratorImages.Draw"/>.</param>
    /// <param name="batchSize">Lines at a time, at least 1.</param>
    /// <param name="truncation">As in <see cref="GeneratorImages.Draw"/>.</param>
    /// <param name="cancellation">Ends the work between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The lines, of the most probable character in each place. One may be empty.</returns>
    /// <exception cref="ArgumentException">The generator makes no text.</exception>
    public static IReadOnlyList<string> Draw(LatentGenerator generator, string name, int count, long seed, int batchSize = 256,
        double? truncation = null, CancellationToken cancellation = default)
    {
        var text = generator as ITextGenerator ?? throw new ArgumentException(
            $"{name}: this {generator.GetType().Name} makes no text.", nameof(generator));
        return [.. GeneratorImages.Samples(generator, name, count, seed, batchSize, truncation: truncation, cancellation: cancellation)
            .SelectMany(text.Vocabulary.Decode)];
    }
}
