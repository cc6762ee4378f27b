using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>Mean and covariance of a feature set: all that the Fréchet distance sees of it.</summary>
/// <remarks>The tensors belong to this object, whatever scope is open; it is disposed by whoever made it.</remarks>
public sealed class FeatureStatistics : IDisposable
{
    /// <summary>Takes given statistics, e.g. those that a file of another program holds; both tensors are copied.</summary>
    /// <param name="mean">Shape (D).</param>
    /// <param name="covariance">Shape (D, D), symmetric, divided by N - 1.</param>
    /// <param name="count">Samples that they were computed from, at least 2; null where nobody knows, or for a distribution known
    /// exactly.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, a number is NaN or infinite, the covariance is not symmetric or has a
    /// negative variance, or the count is below 2.</exception>
    public FeatureStatistics(Tensor mean, Tensor covariance, long? count = null)
    {
        ThrowIf(mean.dim() != 1 || mean.shape[0] < 1 || !covariance.shape.SequenceEqual([mean.shape[0], mean.shape[0]]),
            $"Statistics need a mean of shape (D) and a covariance of shape (D, D), not {Shape(mean)} and " +
                $"{Shape(covariance)}.", nameof(covariance));
        ThrowIf(count < 2, $"Statistics of {count} samples have no covariance; at least 2 are needed.", nameof(count));
        using var scope = NewDisposeScope();
        var m = mean.detach().to(CPU).to(ScalarType.Float64, copy: true);
        var c = covariance.detach().to(CPU).to(ScalarType.Float64, copy: true);
        RequireCovariance(m, c);
        Mean = m.DetachFromDisposeScope();
        Covariance = c.DetachFromDisposeScope();
        Count = count;
    }

    /// <summary>Samples that the statistics were computed from; null where unknown.</summary>
    public long? Count { get; }

    /// <summary>What they were computed from; null where nobody knows.</summary>
    public StatisticsOrigin? Origin { get; init; }

    /// <summary>Width of the features.</summary>
    public long Dimensions => Mean.shape[0];

    /// <summary>float64, shape (D), on the CPU. Owned by this object.</summary>
    public Tensor Mean { get; }

    /// <summary>float64, shape (D, D), on the CPU, divided by N - 1. Owned by this object.</summary>
    public Tensor Covariance { get; }

    /// <summary>Statistics of a set that is in memory.</summary>
    /// <param name="features">Shape (N, D), N >= 2, any float dtype and device; computed in float64 on the CPU.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, there are fewer than 2 rows, or a number is NaN or infinite.</exception>
    public static FeatureStatistics Of(Tensor features)
    {
        using var scope = NewDisposeScope();
        using var moments = new FeatureMoments();
        moments.Add(FeatureMatrix.Checked(features, nameof(features)));
        return moments.ToStatistics();
    }

    /// <summary>Statistics of a set that is in memory, or of a shard of it, with their origin.</summary>
    /// <param name="set">The features, of 2 samples or more.</param>
    /// <param name="shard">The part of them; null for all.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="ArgumentException">There are too few samples, or a number is NaN or infinite.</exception>
    public static FeatureStatistics Of(FeatureSet set, Shard? shard = null)
    {
        using var scope = NewDisposeScope();
        var (start, length) = (shard?.RangeIn(set.Count, batchSize: 1) ?? Range.All).GetOffsetAndLength(checked((int)set.Count));
        var rows = set.Features.narrow(0, start, length); // (n, D)
        using var moments = new FeatureMoments();
        moments.Add(FeatureMatrix.Checked(rows, "features"));
        return moments.ToStatistics(shard is null ? set.Origin
            : set.Origin with { Shard = shard.Value, ContentSha256 = FeatureSet.HashOf(rows), Listing = set.ContentSha256 });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Covariance.Dispose();
    }

    private static void RequireCovariance(Tensor mean, Tensor covariance)
    {
        ThrowIf(!mean.isfinite().all().item<bool>() || !covariance.isfinite().all().item<bool>(),
            "Statistics hold NaN or infinite numbers; compute them again from finite features.", nameof(covariance));
        var largest = covariance.abs().max().item<double>();
        ThrowIf((covariance - covariance.t()).abs().max().item<double>() > 1e-5 * largest || covariance.diagonal().min().item<double>() < 0,
            "The covariance is not one: it must be symmetric (to 1e-5 of its largest entry) with variances >= 0 on " +
                "its diagonal.", nameof(covariance));
    }
}

/// <summary>Gathers mean and covariance batch by batch, so that a feature set need not fit into memory; parts gathered apart can be
/// merged.</summary>
/// <remarks>Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", Stanford STAN-CS-79-773,
/// in float64: only centred sums are kept, so a common offset of the features costs no digits. Holds one (D, D) matrix. One writer at a
/// time.</remarks>
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
        if (other.Count == 0)
        {
            return;
        }

        RequireWidth(other._mean!.shape[0], nameof(other));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Combine(other.Count, other._mean.clone(), other._scatter!.clone());
    }

    /// <summary>What was seen without a part of it.</summary>
    /// <param name="part">Gathered from some of the same rows.</param>
    /// <returns>The caller disposes it.</returns>
    internal FeatureMoments Without(FeatureMoments part)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var rest = new FeatureMoments { Count = Count - part.Count };
        var mean = (_mean! * ((double)Count / rest.Count)) - (part._mean! * ((double)part.Count / rest.Count));
        var step = part._mean! - mean;
        rest._scatter = (_scatter! - part._scatter!).sub_(step.outer(step * ((double)rest.Count * part.Count / Count)))
            .DetachFromDisposeScope();
        rest._mean = mean.DetachFromDisposeScope();
        return rest;
    }

    /// <summary>Takes in the rows that statistics were computed from.</summary>
    /// <param name="other">Statistics with their count.</param>
    /// <exception cref="ArgumentException">They are of another width, or do not say of how many rows.</exception>
    public void Merge(FeatureStatistics other)
    {
        ThrowIf(other.Count is null, "Statistics that do not say of how many rows they are cannot be merged.", nameof(other));
        RequireWidth(other.Dimensions, nameof(other));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Combine(other.Count!.Value, other.Mean.clone(), other.Covariance * (other.Count.Value - 1));
    }

    /// <summary>The statistics of all rows seen so far.</summary>
    /// <returns>The caller disposes it; more batches may follow.</returns>
    /// <exception cref="InvalidOperationException">Fewer than 2 rows were seen.</exception>
    public FeatureStatistics ToStatistics() => ToStatistics(null);

    internal FeatureStatistics ToStatistics(StatisticsOrigin? origin)
    {
        if (Count < 2)
        {
            throw new InvalidOperationException($"A covariance needs at least 2 rows; {Count} were added.");
        }

        using var covariance = _scatter! / (Count - 1);
        return new FeatureStatistics(_mean!, covariance, Count) { Origin = origin };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mean?.Dispose();
        _scatter?.Dispose();
    }

    private void RequireWidth(long width, string name)
    {
        ThrowIf(_mean is not null && _mean.shape[0] != width,
            $"The features are {width} wide and those before them {_mean?.shape[0]}; statistics are of one set.", name);
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
