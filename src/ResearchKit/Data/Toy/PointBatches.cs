using static TorchSharp.torch;

namespace ResearchKit.Data.Toy;

/// <summary>Shuffled batches of points: a training set drawn from a <see cref="ToyDistribution"/>, or the user's own.</summary>
public sealed class PointBatches : IBatchSource, IDisposable
{
    private readonly Tensor _points;
    private readonly BatchSampler _sampler;

    /// <summary>Creates the stream.</summary>
    /// <param name="points">Floats, shape (N, D); stays the caller's. Batches come on its device and in its dtype.</param>
    /// <param name="batchSize">Points a batch, at most N.</param>
    /// <param name="seed">Chooses the order.</param>
    /// <exception cref="ArgumentException">The points have another rank or dtype.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
    public PointBatches(Tensor points, int batchSize, long seed)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.dim() != 2 || !points.is_floating_point())
        {
            throw new ArgumentException($"Points must be floats of shape (N, D), not {points.dtype} of shape ({string.Join(", ", points.shape)}).", nameof(points));
        }

        _points = points;
        _sampler = new BatchSampler(points.shape[0], batchSize, seed);
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

    /// <summary>The next batch, shape (BatchSize, D). The caller disposes it.</summary>
    public Tensor NextBatch()
    {
        using var indices = _sampler.Next();
        using var onDevice = indices.to(_points.device);
        return _points.index_select(0, onDevice);
    }

    /// <inheritdoc/>
    public void Dispose() => _sampler.Dispose();
}
