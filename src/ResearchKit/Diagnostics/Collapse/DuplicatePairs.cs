using ResearchKit.Metrics;

namespace ResearchKit.Diagnostics.Collapse;

/// <summary>Two samples of a set that lie close together.</summary>
/// <param name="First">The row of the one, from 0; the smaller.</param>
/// <param name="Second">The row of the other.</param>
/// <param name="Distance">Their Euclidean distance.</param>
public sealed record ClosePair(long First, long Second, double Distance);

/// <summary>All pairs of a set's samples that count as duplicates, and the closest pairs whether they do or not.</summary>
/// <remarks>Squared distances as in <see cref="Neighbours"/>, around the samples' mean. Where a set is so collapsed that pairs abound, only
/// its first rows are looked at: their pairs tell all.</remarks>
internal sealed class DuplicatePairs
{
    private const long BlockRows = 500;
    private const int MostPairs = 2_000_000;

    private readonly List<int>[] _partners;

    private DuplicatePairs(List<int>[] partners, IReadOnlyList<ClosePair> closest)
    {
        (_partners, Closest) = (partners, closest);
        Count = partners.Sum(p => (long)p.Count) / 2;
    }

    /// <summary>Rows looked at: all, or the first.</summary>
    public int Rows => _partners.Length;

    /// <summary>Pairs of duplicates.</summary>
    public long Count { get; }

    /// <summary>The closest pairs, closest first.</summary>
    public IReadOnlyList<ClosePair> Closest { get; }

    /// <summary>The rows that are a row's duplicates.</summary>
    public IReadOnlyList<int> PartnersOf(int row) => _partners[row];

    /// <summary>Searches.</summary>
    /// <param name="x">float64, (N, D), N >= 2, on the CPU.</param>
    /// <param name="threshold">A pair nearer than that may be one; 0 for none.</param>
    /// <param name="judge">Asked about each such pair; null to take all.</param>
    /// <param name="show">How many of the closest pairs to keep.</param>
    public static DuplicatePairs Find(Tensor x, double threshold, Func<ClosePair, bool>? judge = null, int show = 20)
    {
        using var scope = NewDisposeScope();
        x = x - x.mean([0]);
        // what squares lose when they are taken apart
        var (square, rounding) = (threshold * threshold, 1e-12 * x.square().sum(1).max().item<double>());
        var partners = new List<List<int>>();
        var (closest, count) = (new List<ClosePair>(), 0L);
        for (var start = 0L; start < x.shape[0] && count < MostPairs; start += BlockRows)
        {
            var end = Math.Min(start + BlockRows, x.shape[0]);
            partners.AddRange(Enumerable.Range(0, (int)(end - start)).Select(_ => new List<int>()));
            Neighbours.ForStrips(x.slice(0, start, end, 1), x.slice(0, 0, end, 1), (offset, strip) =>
            {
                var first = start + offset;
                // each pair once, none with itself
                strip.masked_fill_(ones_like(strip, ScalarType.Bool).triu(first), double.PositiveInfinity);
                var (_, near) = strip.flatten().topk((int)Math.Min(show, strip.numel()), dim: 0, largest: false, sorted: true);
                closest.AddRange(near.data<long>().ToArray().Select(i => Pair(x, first + i / end, i % end))
                    .Where(p => p.First != p.Second));
                var mask = strip < (threshold > 0 ? square + rounding : 0);
                if (!mask.any().item<bool>())
                {
                    return;
                }

                var found = mask.nonzero().data<long>().ToArray(); // row, partner, row, partner, ...
                var squares = strip.masked_select(mask).data<double>().ToArray(); // in the same order
                for (var i = 0; i < found.Length; i += 2)
                {
                    var (row, partner) = (first + found[i], found[i + 1]);
                    if (IsDuplicate(row, partner, squares[i / 2]))
                    {
                        partners[(int)row].Add((int)partner);
                        partners[(int)partner].Add((int)row);
                        count++;
                    }
                }
            });
            closest = [.. closest.Distinct().OrderBy(p => p.Distance).Take(show)];
        }

        return new DuplicatePairs([.. partners], closest);

        // Pairs at the threshold itself, such as the one that it was taken from, are measured once more.
        bool IsDuplicate(long row, long partner, double squared)
        {
            var isSure = squared < square - rounding;
            if (isSure && judge is null)
            {
                return true;
            }

            var pair = Pair(x, row, partner);
            return (isSure || pair.Distance < threshold) && judge?.Invoke(pair) != false;
        }
    }

    // The distance of the difference itself: of copies it is 0.
    private static ClosePair Pair(Tensor x, long a, long b)
    {
        using var scope = NewDisposeScope();
        return new ClosePair(Math.Min(a, b), Math.Max(a, b), (x[a] - x[b]).norm().item<double>());
    }
}

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
