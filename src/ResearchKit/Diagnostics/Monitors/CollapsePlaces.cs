using ResearchKit.Metrics;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>The places that real samples' space is cut into: cells of k-means, without those that are near to a greater one.</summary>
internal sealed class CollapsePlaces : IDisposable
{
    private const int Most = 40;
    private const int MostOfImages = 16; // kinds rather than modes: finer cells stay empty in good generators too
    private const int SamplesAPlace = 10;
    // of the mean distance of two real samples: centres nearer than that are one place, or a drift inside a narrow mode would look like one
    // between modes
    private const double Reach = 0.15;
    private const double Margin = 1.5; // of the distance of a place's farthest real sample: what is farther from its centre is not in it

    private readonly Tensor _centers; // (k, d)
    private readonly Tensor _extents; // (k), squared: how far a place goes

    /// <param name="x">Real samples, (N, d), float64.</param>
    /// <param name="areImages">Whether they are images' projections.</param>
    /// <param name="scale">The mean distance of two of them.</param>
    /// <param name="least">How far a place goes at least.</param>
    public CollapsePlaces(Tensor x, bool areImages, double scale, double least)
    {
        using var scope = NewDisposeScope();
        _centers = Centers(x, (int)Math.Min(areImages ? MostOfImages : Most, x.shape[0] / SamplesAPlace), Reach * scale)
            .DetachFromDisposeScope();
        var (distance, place) = CollapseReference.SquaredDistances(x, _centers).min(1); // (N), (N)
        var farthest = new double[_centers.shape[0]];
        foreach (var (d, p) in distance.data<double>().Zip(place.data<long>()))
        {
            farthest[p] = Math.Max(farthest[p], d);
        }

        _extents = tensor(farthest).mul_(Margin * Margin).clamp_min_(least * least).DetachFromDisposeScope();
        Shares = ShareOf(place, x.shape[0]);
    }

    /// <summary>The real samples' share of each.</summary>
    public double[] Shares { get; }

    /// <summary>The share of samples, (N, d), that is nearest to each place, and of those that lie in it.</summary>
    public (double[] Nearest, double[] Inside) Histogram(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (distance, place) = CollapseReference.SquaredDistances(x, _centers).min(1); // (N), (N)
        return (ShareOf(place, x.shape[0]), ShareOf(place.masked_select(distance <= _extents.index_select(0, place)), x.shape[0]));
    }

    public void Dispose()
    {
        _centers.Dispose();
        _extents.Dispose();
    }

    private static Tensor Centers(Tensor x, int cells, double reach)
    {
        using var clusters = KMeansClusters.Fit(x, cells);
        var (centers, counts) = (clusters.Centers(), clusters.CountIn(x)); // (k, d)
        var near = (CollapseReference.SquaredDistances(centers, centers) < reach * reach).data<bool>().ToArray();
        List<long> kept = [];
        foreach (var cell in Enumerable.Range(0, cells).OrderByDescending(c => counts[c])
            .Where(c => !kept.Exists(other => near[(c * cells) + other])))
        {
            kept.Add(cell);
        }

        return centers.index_select(0, tensor(kept));
    }

    private double[] ShareOf(Tensor places, long samples) =>
        [.. places.bincount(weights: null, minlength: _centers.shape[0]).data<long>().ToArray().Select(c => (double)c / samples)];
}
