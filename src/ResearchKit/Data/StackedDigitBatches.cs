using static TorchSharp.torch;

namespace ResearchKit.Data;

/// <summary>Shuffled batches of <see cref="StackedDigits"/>, stacked when they are drawn.</summary>
public sealed class StackedDigitBatches : IBatchSource, IDisposable
{
    private readonly StackedDigits _triples;
    private readonly BatchSampler _sampler;

    /// <summary>Creates the stream; the set stays the caller's.</summary>
    /// <param name="triples">The set; batches come on its digits' device.</param>
    /// <param name="batchSize">Triples a batch, at most the set's count.</param>
    /// <param name="seed">Chooses the order.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
    public StackedDigitBatches(StackedDigits triples, int batchSize, long seed)
    {
        ArgumentNullException.ThrowIfNull(triples);
        _triples = triples;
        _sampler = new BatchSampler(triples.Count, batchSize, seed);
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

    /// <summary>The next batch: float32, shape (BatchSize, 3, H, W), values in [-1, 1]. The caller disposes it.</summary>
    public Tensor NextBatch()
    {
        using var indices = _sampler.Next();
        return _triples.Batch(indices);
    }

    /// <inheritdoc/>
    public void Dispose() => _sampler.Dispose();
}
