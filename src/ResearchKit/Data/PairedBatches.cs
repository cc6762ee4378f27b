using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Data;

/// <summary>Batches of two streams as one: their channels one after the other. Partners must have the same place in both, so both streams
/// go through sets of one size in one order.</summary>
/// <param name="first">The inputs; stays the caller's.</param>
/// <param name="second">The outputs, made with the same seed; stays the caller's.</param>
/// <exception cref="ArgumentException">The streams have batches of two sizes, or epochs of two lengths.</exception>
public sealed class PairedBatches(IBatchSource first, IBatchSource second) : IBatchSource, IShared
{
    private readonly IBatchSource _second = (first.BatchSize, first.BatchesPerEpoch) == (second.BatchSize, second.BatchesPerEpoch)
        ? second
        : throw new ArgumentException($"Partners come in batches of {first.BatchSize}, {first.BatchesPerEpoch} an epoch, and in batches " +
            $"of {second.BatchSize}, {second.BatchesPerEpoch} an epoch: give streams through sets of one size.", nameof(second));

    /// <inheritdoc/>
    public int BatchSize => first.BatchSize;

    /// <inheritdoc/>
    public long BatchesPerEpoch => first.BatchesPerEpoch;

    /// <inheritdoc/>
    public SamplerPosition Position
    {
        get => first.Position;
        set => (first.Position, _second.Position) = (value, value);
    }

    /// <inheritdoc/>
    public void Share(ProcessGroup group)
    {
        (first as IShared)?.Share(group);
        (_second as IShared)?.Share(group);
    }

    /// <summary>The next pairs, without labels.</summary>
    /// <returns>float32, shape (B, C1 + C2, H, W). The caller disposes it.</returns>
    public Batch Next()
    {
        using var a = first.Next();
        using var b = _second.Next();
        return cat([a.Samples, b.Samples], 1);
    }
}
