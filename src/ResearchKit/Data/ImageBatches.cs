namespace ResearchKit.Data;

/// <summary>Shuffled batches of an <see cref="ImageSet"/>: float32, shape (BatchSize, C, H, W), values in [-1, 1].</summary>
public sealed class ImageBatches : SampledBatches
{
    private readonly ImageSet _images;

    /// <summary>Creates the stream; the set stays the caller's.</summary>
    /// <param name="images">The set; batches come on its device.</param>
    /// <param name="batchSize">Images a batch, at most the set's count.</param>
    /// <param name="seed">Chooses the order.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
    public ImageBatches(ImageSet images, int batchSize, long seed)
        : base(images?.Count ?? throw new ArgumentNullException(nameof(images)), batchSize, seed) => _images = images;

    /// <inheritdoc/>
    protected override Tensor Take(Tensor indices) => _images.Batch(indices);
}
