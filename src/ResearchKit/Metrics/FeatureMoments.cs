namespace ResearchKit.Metrics;

/// <summary>Gathers mean and covariance batch by batch, so that a feature set need not fit into memory; parts gathered apart can be
/// merged.</summary>
/// <remarks>
/// Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", Stanford STAN-CS-79-773, in
/// float64: only centred sums are kept, so a common
/// offset of the features costs no digits. Holds one (D, D) matrix. One writer at a time.
/// </remarks>
public sealed class FeatureMoments : IDisposable
{
    private Tensor? _mean; // (D)
    private Tensor? _scatter; // (D, D): sum of (x - mean) (x - mean)'

    /// <summary>Rows seen.</summary>
    public long Count { get; private set; }

    /// <summary>Takes in a batch.</summary>
    /// <param name="batch">Shape (N, D), N >= 1, any float dtype and device.</param>
    /// <exception cref="ArgumentException">Rank is not 2, there is no row, the width differs from that of earlier batches, or a number is
    /// NaN or infinite.</exception>
    public void Add(Tensor batch)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(batch, nameof(batch), minimumRows: 1); // (N, D)
        RequireWidth(x.shape[1], nameof(batch));
        var mean = x.mean([0]); // (D)
        x = x - mean;
        Combine(x.shape[0], mean, x.t().matmul(x));
    }

    /// <summary>Takes in what another accumulator saw; that one stays as it is.</summary>
    /// <param name="other">Gathered from other rows of the same set.</param>
    /// <exception cref="ArgumentException">Its features have another width.</exception>
    public void Merge(FeatureMoments other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Count == 0)
        {
            return;
        }

        RequireWidth(other._mean!.shape[0], nameof(other));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Combine(other.Count, other._mean.clone(), other._scatter!.clone());
    }

    /// <summary>The statistics of all rows seen so far.</summary>
    /// <returns>The caller disposes it; more batches may follow.</returns>
    /// <exception cref="InvalidOperationException">Fewer than 2 rows were seen.</exception>
    public FeatureStatistics ToStatistics()
    {
        if (Count < 2)
        {
            throw new InvalidOperationException($"A covariance needs at least 2 rows; {Count} were added.");
        }

        using var covariance = _scatter! / (Count - 1);
        return new FeatureStatistics(_mean!, covariance, Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mean?.Dispose();
        _scatter?.Dispose();
    }

    private void RequireWidth(long width, string name)
    {
        if (_mean is not null && _mean.shape[0] != width)
        {
            throw new ArgumentException($"The features are {width} wide and those before them {_mean.shape[0]}; statistics are of one " +
                $"set.", name);
        }
    }

    private void Combine(long count, Tensor mean, Tensor scatter)
    {
        if (Count == 0)
        {
            _mean = mean.DetachFromDisposeScope();
            _scatter = scatter.DetachFromDisposeScope();
        }
        else
        {
            var total = Count + count;
            var step = mean - _mean!;
            _scatter!.add_(scatter).add_(step.outer(step * ((double)Count * count / total)));
            _mean!.add_(step * ((double)count / total));
        }

        Count += count;
    }
}
