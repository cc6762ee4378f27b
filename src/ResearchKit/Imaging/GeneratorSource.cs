using ResearchKit.Data;
using ResearchKit.Models;

namespace ResearchKit.Imaging;

/// <summary>The images of a generator as metrics read them: drawn while they are needed, repeatable.</summary>
/// <param name="generator">The generator, on the device that is to compute; it stays the caller's.</param>
/// <param name="name">What the set is called in reports.</param>
/// <param name="count">How many images, at least 1.</param>
/// <param name="seed">Chooses every z.</param>
/// <param name="weights">What tells its weights from others, as the SHA-256 of its file; null where nothing does.</param>
public sealed class GeneratorSource(LatentGenerator generator, string name, int count, long seed, string? weights = null) : IImageSource
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long Count => count;

    /// <inheritdoc/>
    public string? Key => weights is null ? null : $"generator {weights}, seed {seed}, {count} images";

    /// <inheritdoc/>
    public string Reading => "";

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => [];

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassOfEach
    {
        get
        {
            using var labels = generator.Labels?.Draw(count, seed);
            return labels is null ? null : Array.ConvertAll(labels.data<long>().ToArray(), l => generator.Labels!.Names[(int)l]);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<Tensor> Read(int atMost, Range? part = null, CancellationToken cancellation = default) =>
        GeneratorImages.Batches(generator, name, count, seed, atMost, part: part, cancellation: cancellation);
}
