namespace ResearchKit.Data;

/// <summary>Shuffled batches of <see cref="StackedDigits"/>, stacked when they are drawn: float32, shape (BatchSize, 3, H, W), values in
/// [-1, 1].</summary>
public sealed class StackedDigitBatches : SampledBatches
{
    private readonly StackedDigits _triples;

    /// <summary>Creates the stream; the set stays the caller's.</summary>
    /// <param name="triples">The set; batches come on its digits' device.</param>
    /// <param name="batchSize">Triples a batch, at most the set's count.</param>
    /// <param name="seed">Chooses the order.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
    public StackedDigitBatches(StackedDigits triples, int batchSize, long seed)
        : base(triples?.Count ?? throw new ArgumentNullException(nameof(triples)), batchSize, seed) => _triples = triples;

    /// <inheritdoc/>
    protected override Tensor Take(Tensor indices) => _triples.Batch(indices);
}
