using ResearchKit.Metrics;

namespace ResearchKit.Diagnostics.Overfitting;

/// <summary>Each sample's nearest neighbour in another set: for example a generated image's nearest training image, to see whether it is a
/// copy.</summary>
/// <param name="Distances">The Euclidean distance to it, in feature units, in the samples' order.</param>
/// <param name="Rows">Its row in the other set, from 0.</param>
public sealed record NearestSamples(IReadOnlyList<double> Distances, IReadOnlyList<long> Rows)
{
    /// <summary>The median of the distances; the mean of the middle two where their number is even.</summary>
    public double Median
    {
        get
        {
            var sorted = Distances.Order().ToArray();
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    /// <summary>Searches.</summary>
    /// <param name="samples">Features, shape (N, D), N >= 1, any float dtype and device. A sample that is in both sets finds
    /// itself, or the first of its copies there, at distance 0.</param>
    /// <param name="pool">Features of the other set, shape (M, D), M >= 1.</param>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set is empty, or a number is NaN or infinite.</exception>
    public static NearestSamples Of(Tensor samples, Tensor pool)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(samples, pool, minimumRows: 1);
        var (squares, rows) = Neighbours.Nearest(x, y, 1); // (N, 1), (N, 1)
        return new NearestSamples(squares.sqrt().data<double>().ToArray(), rows.data<long>().ToArray());
    }

    /// <summary>The share of the same samples that are nearer to this pool than to another one; a tie counts half.</summary>
    /// <param name="other">The same samples' neighbours in the other pool. With pools of one size and one distribution, fresh samples give
    /// 0.5; a generator that copies this pool gives more.</param>
    /// <returns>In [0, 1].</returns>
    /// <exception cref="ArgumentException">It is about another number of samples.</exception>
    /// <remarks>The question of Meehan, Chaudhuri and Dasgupta, arXiv:2004.05675 (data-copying), asked of each sample for itself.</remarks>
    public double ShareNearerThan(NearestSamples other) =>
        other.Distances.Count == Distances.Count
            ? Distances.Zip(other.Distances, (a, b) => a < b ? 1 : a == b ? 0.5 : 0).Average()
            : throw new ArgumentException(
                $"Both must be about the same samples: here are {Distances.Count}, there {other.Distances.Count}.", nameof(other));
}
