using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Data;

/// <summary>An endless, seeded, restorable stream of real batches for a trainer. One that processes which train together can divide is
/// <see cref="IShared"/>; of another each process gets what it gives.</summary>
public interface IBatchSource
{
    /// <summary>Samples a batch.</summary>
    int BatchSize { get; }

    /// <summary>Whole batches in an epoch.</summary>
    long BatchesPerEpoch { get; }

    /// <summary>Where the stream stands; setting it makes the same batches come again.</summary>
    SamplerPosition Position { get; set; }

    /// <summary>How many classes the labels of its batches tell apart; 0 where batches have no labels.</summary>
    int Classes => 0;

    /// <summary>The next real batch. The caller disposes it.</summary>
    Batch Next();
}

/// <summary>Samples and, where there are classes, their labels.</summary>
/// <param name="Samples">float32, shape (B, ...).</param>
/// <param name="Labels">int64, shape (B), or null.</param>
public readonly record struct Batch(Tensor Samples, Tensor? Labels = null) : IDisposable
{
    /// <summary>Samples without labels.</summary>
    public static implicit operator Batch(Tensor samples) => new(samples);

    /// <summary>Disposes both tensors.</summary>
    public void Dispose()
    {
        Samples.Dispose();
        Labels?.Dispose();
    }
}

/// <summary>Batches of a set in an order that a <see cref="BatchSampler"/> chooses: what the streams of images, points and triples
/// share.</summary>
/// <param name="count">Samples in the set.</param>
/// <param name="batchSize">Samples a batch, at most the set's count.</param>
/// <param name="seed">Chooses the order.</param>
/// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
public abstract class SampledBatches(long count, int batchSize, long seed) : IBatchSource, IShared, IDisposable
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
    public virtual int Classes => 0;

    /// <inheritdoc/>
    public void Share(ProcessGroup group) => _sampler.Share(group);

    /// <inheritdoc/>
    public Batch Next()
    {
        using var indices = _sampler.Next();
        return Take(indices);
    }

    /// <summary>The samples of the next batch, without labels. The caller disposes them.</summary>
    public Tensor NextBatch()
    {
        var (samples, labels) = Next();
        labels?.Dispose();
        return samples;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sampler.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes samples out of the set.</summary>
    /// <param name="indices">int64, shape (BatchSize), on the CPU; stays the caller's.</param>
    /// <returns>float32 (points have their own dtype), shape (BatchSize, ...), and labels where the set has some. The caller disposes
    /// it.</returns>
    protected abstract Batch Take(Tensor indices);
}
