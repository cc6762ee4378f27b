using ResearchKit.Files;

namespace ResearchKit.Data.Toy;

/// <summary>Shuffled batches of points, shape (BatchSize, D): a training set drawn from a <see cref="ToyDistribution"/>, or the user's
/// own.</summary>
/// <param name="points">Floats, shape (N, D); stays the caller's. Batches come on its device and in its dtype.</param>
/// <param name="batchSize">Points a batch, at most N.</param>
/// <param name="seed">Chooses the order.</param>
/// <exception cref="ArgumentException">The points have another rank or dtype.</exception>
/// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
public sealed class PointBatches(Tensor points, int batchSize, long seed) : SampledBatches(Checked(points).shape[0], batchSize, seed)
{
    /// <inheritdoc/>
    protected override Batch Take(Tensor indices)
    {
        using var onDevice = indices.to(points.device);
        return points.index_select(0, onDevice);
    }

    private static Tensor Checked(Tensor points) =>
        points.dim() == 2 && points.is_floating_point()
            ? points
            : throw new ArgumentException($"Points must be floats of shape (N, D), not {points.dtype} of shape " +
                $"{TensorShape.Show(points.shape)}.", nameof(points));
}
