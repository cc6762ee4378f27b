using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Data;

/// <summary>Draws batches of indices without replacement: every epoch is one seeded permutation, cut into whole batches.</summary>
/// <remarks>
/// The permutation of epoch e depends on the seed and on e alone, so <see cref="Position"/> is all there is to save: a sampler put back
/// to a position gives the same batches that it gave after it. The tail of an epoch that fills no batch is dropped. Processes that train
/// together cut one permutation: n of them with batches of B take, together, the batches of n B of one process.
/// </remarks>
public sealed class BatchSampler : IShared, IDisposable
{
    private readonly long _seed;
    private int _sharers = 1;
    private int _rank;
    private Tensor? _permutation;
    private SamplerPosition _position;

    /// <summary>Creates a sampler over <paramref name="count"/> items.</summary>
    /// <param name="count">The number of items.</param>
    /// <param name="batchSize">Items a batch, at most <paramref name="count"/>.</param>
    /// <param name="seed">Chooses the permutations.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
    public BatchSampler(long count, int batchSize, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batchSize, count);
        Count = count;
        BatchSize = batchSize;
        _seed = seed;
    }

    /// <summary>The number of items.</summary>
    public long Count { get; }

    /// <summary>Items a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Whole batches in an epoch, of each process.</summary>
    public long BatchesPerEpoch => Count / ((long)BatchSize * _sharers);

    /// <summary>Where the next batch is cut. Set it to go back or forth.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The epoch or the batch is negative, or the epoch has fewer batches.</exception>
    public SamplerPosition Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value.Epoch, nameof(value));
            ArgumentOutOfRangeException.ThrowIfNegative(value.Batch, nameof(value));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value.Batch, BatchesPerEpoch, nameof(value));
            if (value.Epoch != _position.Epoch)
            {
                ForgetPermutation();
            }

            _position = value;
        }
    }

    /// <summary>Gives this process its part of every epoch.</summary>
    /// <param name="group">The processes.</param>
    /// <exception cref="ArgumentException">The set has fewer items than a batch for each.</exception>
    public void Share(ProcessGroup group)
    {
        if ((long)BatchSize * group.Count > Count)
        {
            throw new ArgumentException($"{group.Count} processes with batches of {BatchSize} take {(long)BatchSize * group.Count} " +
                $"samples at a time, and there are {Count}: start fewer, or make the batch smaller.");
        }

        (_rank, _sharers) = (group.Rank, group.Count);
    }

    /// <summary>The next batch of indices.</summary>
    /// <returns>int64, shape (BatchSize), on the CPU. The caller disposes it.</returns>
    public Tensor Next()
    {
        _permutation ??= Permutation(_position.Epoch);
        var start = ((_position.Batch * _sharers) + _rank) * BatchSize;
        var batch = _permutation.slice(0, start, start + BatchSize, 1).clone();
        if (_position.Batch + 1 < BatchesPerEpoch)
        {
            _position = _position with { Batch = _position.Batch + 1 };
        }
        else
        {
            _position = new SamplerPosition(_position.Epoch + 1, 0);
            ForgetPermutation();
        }

        return batch;
    }

    /// <inheritdoc/>
    public void Dispose() => ForgetPermutation();

    private Tensor Permutation(long epoch)
    {
        // 0x9E37... spreads consecutive epochs over the seeds, so that seed s, epoch e+1 is not seed s+1, epoch e.
        using var random = new Generator(unchecked((ulong)_seed + (ulong)epoch * 0x9E3779B97F4A7C15UL));
        return randperm(Count, generator: random).DetachFromDisposeScope();
    }

    private void ForgetPermutation()
    {
        _permutation?.Dispose();
        _permutation = null;
    }
}

/// <summary>Where a sampler stands: the batch that it will give next.</summary>
/// <param name="Epoch">Epochs finished, from 0.</param>
/// <param name="Batch">Batches given in this epoch, from 0.</param>
public readonly record struct SamplerPosition(long Epoch, long Batch);
