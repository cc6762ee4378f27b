namespace ResearchKit.Data;

/// <summary>An endless, seeded, restorable stream of real batches for a trainer.</summary>
public interface IBatchSource
{
    /// <summary>Samples a batch.</summary>
    int BatchSize { get; }

    /// <summary>Whole batches in an epoch.</summary>
    long BatchesPerEpoch { get; }

    /// <summary>Where the stream stands; setting it makes the same batches come again.</summary>
    SamplerPosition Position { get; set; }

    /// <summary>The next real batch, shape (BatchSize, ...), float32. The caller disposes it.</summary>
    Tensor NextBatch();
}

/// <summary>Batches of a set in an order that a <see cref="BatchSampler"/> chooses: what the streams of images, points and triples
/// share.</summary>
/// <param name="count">Samples in the set.</param>
/// <param name="batchSize">Samples a batch, at most the set's count.</param>
/// <param name="seed">Chooses the order.</param>
/// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
public abstract class SampledBatches(long count, int batchSize, long seed) : IBatchSource, IDisposable
{
    private readonly BatchSampler _sampler = new(count, batchSize, seed);

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

    /// <inheritdoc/>
    public Tensor NextBatch()
    {
        using var indices = _sampler.Next();
        return Take(indices);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sampler.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes samples out of the set.</summary>
    /// <param name="indices">int64, shape (BatchSize), on the CPU; stays the caller's.</param>
    /// <returns>float32 (of points, their own dtype), shape (BatchSize, ...). The caller disposes it.</returns>
    protected abstract Tensor Take(Tensor indices);
}
