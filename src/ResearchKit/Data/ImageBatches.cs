using static TorchSharp.torch;

namespace ResearchKit.Data;

/// <summary>Shuffled batches of an <see cref="ImageSet"/>.</summary>
public sealed class ImageBatches : IBatchSource, IDisposable
{
    private readonly ImageSet _images;
    private readonly BatchSampler _sampler;

    /// <summary>Creates the stream; the set stays the caller's.</summary>
    /// <param name="images">The set; batches come on its device.</param>
    /// <param name="batchSize">Images a batch, at most the set's count.</param>
    /// <param name="seed">Chooses the order.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
    public ImageBatches(ImageSet images, int batchSize, long seed)
    {
        ArgumentNullException.ThrowIfNull(images);
        _images = images;
        _sampler = new BatchSampler(images.Count, batchSize, seed);
    }

    /// <inheritdoc/>
    public int BatchSize => _sampler.BatchSize;

    /// <inheritdoc/>
    public long BatchesPerEpoch => _sampler.BatchesPerEpoch;

    /// <inheritdoc/>
    public SamplerPosition Position
    {
        get => _sampler.Position;
        set => _sampler.Position = value;
    }

    /// <summary>The next batch: float32, shape (BatchSize, C, H, W), values in [-1, 1]. The caller disposes it.</summary>
    public Tensor NextBatch()
    {
        using var indices = _sampler.Next();
        return _images.Batch(indices);
    }

    /// <inheritdoc/>
    public void Dispose() => _sampler.Dispose();
}
