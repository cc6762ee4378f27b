using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>Centres that cut a space into cells, one for each cluster of some samples.</summary>
/// <remarks>Lloyd's iteration (IEEE Trans. Inf. Theory 28, 1982) from the seeds of k-means++ (Arthur and Vassilvitskii, SODA 2007, section
/// 2.2), each the best of 2 + ln k draws as its authors propose in section 5 and scikit-learn does. Distances in float32 around the
/// samples' mean, in strips; centres and inertia in float64. A cluster that runs empty moves to the sample that is farthest from its
/// centre. Deviations: none.</remarks>
public sealed class KMeansClusters : IDisposable
{
    private const long StripElements = 4_000_000;

    private readonly Tensor _mean; // (D), float64, on the device
    private readonly Tensor _centers; // (k, D), float32, around the mean

    private KMeansClusters(Tensor mean, Tensor centers, double inertia)
    {
        (_mean, _centers, Inertia) = (mean, centers, inertia);
        (Count, Width) = (centers.shape[0], centers.shape[1]);
    }

    /// <summary>Clusters.</summary>
    public long Count { get; }

    /// <summary>Numbers in a sample.</summary>
    public long Width { get; }

    /// <summary>Sum of the fitted samples' squared distances to their centres.</summary>
    public double Inertia { get; }

    /// <summary>The centres, float64, shape (Count, Width), on the device of the fit. The caller disposes them.</summary>
    public Tensor Centers()
    {
        using var scope = NewDisposeScope();
        return (_centers.to(ScalarType.Float64) + _mean).MoveToOuterDisposeScope();
    }

    /// <summary>Fits centres to samples.</summary>
    /// <param name="samples">Shape (N, D), N >= count, any float dtype and device.</param>
    /// <param name="count">Clusters, k, at least 1.</param>
    /// <param name="seed">Of the starts: the same seed gives the same clusters on the same CPU; on a GPU sums may differ in their last
    /// digits.</param>
    /// <param name="restarts">Starts of which the one with the least inertia is kept, at least 1.</param>
    /// <param name="iterations">Most iterations of a start, at least 1. It ends sooner when the inertia falls by less than 1 part in
    /// 10,000.</param>
    /// <param name="device">Where to compute; null for the CPU.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, there are fewer samples than clusters, or a number is NaN or
    /// infinite.</exception>
    public static KMeansClusters Fit(Tensor samples, int count, long seed = 0, int restarts = 3, int iterations = 100,
        Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(restarts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var random = new Generator(unchecked((ulong)seed));
        var exact = FeatureMatrix.Checked(samples, nameof(samples), count).to(device ?? CPU);
        var mean = exact.mean([0]); // (D)
        var centred = exact - mean; // (N, D)
        var x = centred.to(ScalarType.Float32);
        var (best, least) = ((Tensor?)null, double.PositiveInfinity);
        for (var i = 0; i < restarts; i++)
        {
            using var start = NewDisposeScope();
            var (centers, inertia) = Lloyd(x, centred, Seeds(x, count, random), iterations);
            if (best is null || inertia < least)
            {
                best?.Dispose();
                (best, least) = (centers.MoveToOuterDisposeScope(), inertia);
            }
        }

        return new KMeansClusters(mean.DetachFromDisposeScope(), best!.DetachFromDisposeScope(), least);
    }

    /// <summary>How many of some samples lie in each cell: nearest to each centre, of equally near ones to the first.</summary>
    /// <param name="samples">Shape (N, Width), N >= 1, any float dtype and device.</param>
    /// <returns>Count numbers that sum to N.</returns>
    /// <exception cref="ArgumentException">The shape is another, or a number is NaN or infinite.</exception>
    public long[] CountIn(Tensor samples)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return Cells(samples).bincount(weights: null, minlength: Count).cpu().data<long>().ToArray();
    }

    /// <summary>The cell that each of some samples lies in: that of the nearest centre, of equally near ones of the first.</summary>
    /// <param name="samples">Shape (N, Width), N >= 1, any float dtype and device.</param>
    /// <returns>N numbers from 0 to Count - 1.</returns>
    /// <exception cref="ArgumentException">The shape is another, or a number is NaN or infinite.</exception>
    public long[] CellsOf(Tensor samples)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return Cells(samples).cpu().data<long>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mean.Dispose();
        _centers.Dispose();
    }

    private Tensor Cells(Tensor samples)
    {
        var exact = FeatureMatrix.Checked(samples, nameof(samples), minimumRows: 1);
        ThrowIf(exact.shape[1] != Width, $"The clusters are of samples {Width} wide; these are {exact.shape[1]} wide.", nameof(samples));
        return Nearest((exact.to(_mean.device) - _mean).to(ScalarType.Float32), _centers).Cells; // (N)
    }

    private static (Tensor Centers, double Inertia) Lloyd(Tensor x, Tensor exact, Tensor centers, int iterations)
    {
        var before = double.PositiveInfinity;
        for (var i = 0; ; i++)
        {
            var (cells, squared) = Nearest(x, centers); // (N), (N)
            var inertia = squared.sum(ScalarType.Float64).item<double>();
            if (i == iterations || inertia >= before * (1 - 1e-4))
            {
                return (centers, inertia);
            }

            before = inertia;
            centers = Means(exact, cells, squared, centers);
        }
    }

    private static Tensor Means(Tensor x, Tensor cells, Tensor squared, Tensor centers)
    {
        using var scope = NewDisposeScope();
        var counts = cells.bincount(weights: null, minlength: centers.shape[0]); // (k)
        var sums = zeros_like(centers, ScalarType.Float64).index_add_(0, cells, x, 1); // (k, D)
        var means = (sums / counts.clamp_min(1).unsqueeze(1)).to(ScalarType.Float32); // (k, D)
        var empty = (counts == 0).nonzero().flatten(); // (e)
        if (empty.shape[0] > 0)
        {
            var (_, farthest) = squared.topk((int)empty.shape[0]);
            means.index_copy_(0, empty, x.index_select(0, farthest).to(ScalarType.Float32));
        }

        return means.MoveToOuterDisposeScope();
    }

    private static (Tensor Cells, Tensor Squared) Nearest(Tensor x, Tensor centers)
    {
        using var scope = NewDisposeScope();
        var (cells, squared) = (new List<Tensor>(), new List<Tensor>());
        var lengths = centers.square().sum(1); // (k)
        foreach (var rows in x.split(Math.Max(1, StripElements / centers.shape[0])))
        {
            using var strip = NewDisposeScope();
            // |c|^2 - 2 x.c: the same order as the distances
            var (least, cell) = addmm(lengths, rows, centers.t(), beta: 1, alpha: -2).min(1);
            squared.Add((least + rows.square().sum(1)).clamp_min_(0).MoveToOuterDisposeScope());
            cells.Add(cell.MoveToOuterDisposeScope());
        }

        return (cat(cells).MoveToOuterDisposeScope(), cat(squared).MoveToOuterDisposeScope());
    }

    // Samples far from each other: the first at random, each further one with a chance in proportion to the squared distance from those
    // before it. (k, D), rows of x, in the current scope.
    private static Tensor Seeds(Tensor x, int count, Generator random)
    {
        using var scope = NewDisposeScope();
        var lengths = x.square().sum(1); // (N)
        var trials = 2 + (int)Math.Log(count);
        var chosen = new List<long> { Math.Min((long)(Next(random) * x.shape[0]), x.shape[0] - 1) };
        var nearest = Squared(x, lengths, tensor(chosen.ToArray(), device: x.device)).flatten(); // (N)
        while (chosen.Count < count)
        {
            using var step = NewDisposeScope();
            var reach = nearest.to(ScalarType.Float64).cumsum(0); // (N)
            var total = reach[-1].item<double>();
            var marks = tensor(Enumerable.Range(0, trials).Select(_ => Next(random) * total).ToArray(), device: x.device);
            var rows = searchsorted(reach, marks, out_int32: false, right: true).clamp_max(x.shape[0] - 1); // (trials)
            var distances = minimum(Squared(x, lengths, rows), nearest.unsqueeze(1)); // (N, trials)
            var best = distances.sum(0, type: ScalarType.Float64).argmin().item<long>();
            chosen.Add(rows[best].item<long>());
            nearest.copy_(distances.select(1, best));
        }

        return x.index_select(0, tensor(chosen.ToArray(), device: x.device)).MoveToOuterDisposeScope();
    }

    private static Tensor Squared(Tensor x, Tensor lengths, Tensor rows) => // (N, rows)
        x.matmul(x.index_select(0, rows).t()).mul_(-2).add_(lengths.unsqueeze(1)).add_(lengths.index_select(0, rows)).clamp_min_(0);

    private static double Next(Generator random)
    {
        using var draw = rand(1, dtype: ScalarType.Float64, generator: random);
        return draw.item<double>();
    }
}
