using ResearchKit.Metrics;

namespace ResearchKit.Diagnostics.Collapse;

/// <summary>How close two samples must be to count as duplicates, taken from data.</summary>
public static class DuplicateThreshold
{
    private const int Rows = 2000;
    private const int FewestDuplicates = 10;
    private const double Gap = 2;

    /// <summary>From real samples: the distance of the closest two among them. Generated samples that are as varied then show about one
    /// pair where there are as many of them.</summary>
    /// <param name="real">Real samples without copies, shape (M, D), about as many as there are generated ones, at least 2.</param>
    /// <returns>Above 0, in units of the samples.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, there are fewer than 2 rows, a number is NaN or infinite, or two samples are
    /// equal.</exception>
    public static double FromReal(Tensor real)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var pair = DuplicatePairs.Find(FeatureMatrix.Checked(real, nameof(real)), threshold: 0).Closest[0];
        return pair.Distance > 0
            ? pair.Distance
            : throw new ArgumentException($"Real samples {pair.First} and {pair.Second} (counted from 0) are equal, so no distance " +
                $"tells duplicates apart; leave copies out, or give a threshold.", nameof(real));
    }

    /// <summary>From the samples themselves, where duplicates stand apart: the middle of the widest gap in the distances of
    /// pairs.</summary>
    /// <param name="samples">Shape (N, D), N >= 2. The first 2,000 are looked at.</param>
    /// <returns>Above 0: the geometric mean of the two distances around the gap.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, there are fewer than 2 rows, or a number is NaN or infinite.</exception>
    /// <exception cref="InvalidOperationException">No gap: in the sorted distances no step beyond the first 10 pairs and within the closer
    /// half makes the distance twice as great.</exception>
    /// <remarks>A convention of this kit. A network's samples rarely have such a gap, points drawn from a list with a little jitter do;
    /// samples that are all one point have none either.</remarks>
    public static double FromGap(Tensor samples)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(samples, nameof(samples));
        x = x.slice(0, 0, Math.Min(Rows, x.shape[0]), 1);
        x = x - x.mean([0]);
        var (distances, _) = cdist(x, x).masked_select(ones(x.shape[0], x.shape[0], ScalarType.Bool).triu(1)).sort(); // (pairs)
        var pairs = distances.shape[0];
        if (pairs / 2 > FewestDuplicates)
        {
            // copies lie at distance 0: any gap above it would be infinite
            distances.clamp_min_(1e-6 * distances[pairs / 2].item<double>());
            var near = distances.slice(0, FewestDuplicates - 1, pairs / 2, 1);
            var far = distances.slice(0, FewestDuplicates, pairs / 2 + 1, 1);
            var (ratio, place) = (far / near).max(0);
            if (ratio.item<double>() >= Gap)
            {
                return Math.Sqrt(near[place].item<double>() * far[place].item<double>());
            }
        }

        throw new InvalidOperationException(
            $"The distances between the {x.shape[0]} samples have no gap that tells duplicates from other pairs; give a threshold, for " +
                $"example {nameof(DuplicateThreshold)}.{nameof(FromReal)}(real samples).");
    }
}
