namespace ResearchKit.Metrics;

/// <summary>C_T, a test for data-copying: are generated samples nearer to the training set than fresh real ones are?</summary>
/// <remarks>Meehan, Chaudhuri and Dasgupta, arXiv:2004.05675, with the settings of dgm-eval: features of more than 64 numbers
/// become the training set's first 64 principal components, k-means of the training set cuts the space into 3 cells, and the z-scores of
/// Mann and Whitney's U of the distances to the nearest training sample, cell by cell, are weighted by the shares of test samples; cells
/// with 20 generated samples or fewer do not count. Deviations: k-means is seeded (3 starts); cells without a test sample weigh nothing
/// instead of ending the work; where no cell is left, the whole space is one. A few copies among many samples hardly move it, and bad
/// samples, which are far from everything, hide them.</remarks>
public static class CopyingTest
{
    private const int Components = 64;
    private const int FewestInCell = 20;

    /// <summary>The statistic.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N >= 1, any float dtype and device.</param>
    /// <param name="test">Features of real samples that the generator was not trained on, shape (M, D), M >= 1.</param>
    /// <param name="training">Features of all that it was trained on, shape (T, D), T >= max(2, cells).</param>
    /// <param name="cells">Cells, at least 1.</param>
    /// <param name="seed">Of k-means.</param>
    /// <returns>A z-score: about 0 for fresh samples, far below 0 (under -3, say) for copies, far above 0 for samples that are farther from
    /// the training set than real ones.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has too few rows, or a number is NaN or
    /// infinite.</exception>
    public static double Of(Tensor generated, Tensor test, Tensor training, int cells = 3, long seed = 2020)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cells, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(generated, nameof(generated), 1);
        var y = FeatureMatrix.Checked(test, nameof(test), 1);
        var t = FeatureMatrix.Checked(training, nameof(training), Math.Max(2, cells));
        FeatureMatrix.RequireSameWidth(x.shape[1], y.shape[1], "test");
        FeatureMatrix.RequireSameWidth(x.shape[1], t.shape[1], "training");
        if (t.shape[1] > Components)
        {
            var mean = t.mean([0]); // (D)
            var (_, vectors) = linalg.eigh((t - mean).t().matmul(t - mean)); // (D, D), eigenvalues ascending
            var first = vectors.slice(1, vectors.shape[1] - Components, vectors.shape[1], 1); // (D, 64)
            (x, y, t) = ((x - mean).matmul(first), (y - mean).matmul(first), (t - mean).matmul(first));
        }

        using var clusters = KMeansClusters.Fit(t, cells, seed);
        var (inX, inY, inT) = (clusters.CellsOf(x), clusters.CellsOf(y), clusters.CellsOf(t));
        var (sum, weight) = (0.0, 0.0);
        for (var cell = 0; cell < cells; cell++)
        {
            var (a, b, c) = (Part(x, inX, cell), Part(y, inY, cell), Part(t, inT, cell));
            if (a.shape[0] > FewestInCell && b.shape[0] > 0 && c.shape[0] > 0)
            {
                sum += b.shape[0] * Score(a, b, c);
                weight += b.shape[0];
            }
        }

        return weight > 0 ? sum / weight : Score(x, y, t);
    }

    private static Tensor Part(Tensor x, long[] cells, int cell) => x.index_select(0, tensor(cells).eq(cell).nonzero().flatten());

    // U counts the pairs in which the generated sample is the farther one, ties half; its z has the authors' correction for continuity.
    private static double Score(Tensor generated, Tensor test, Tensor training)
    {
        var (far, mine) = (Distances(generated), Distances(test));
        Array.Sort(mine);
        var u = far.Sum(d => (First(mine, d, orEqual: false) + First(mine, d, orEqual: true)) / 2.0);
        var (n, m) = ((double)mine.Length, (double)far.Length);
        return (u - (n * m / 2 - 0.5)) / Math.Sqrt(n * m * (n + m + 1) / 12);

        double[] Distances(Tensor x) => Neighbours.Nearest(x, training, 1).Squares.data<double>().ToArray(); // squares have the same order
    }

    // How many of the sorted values are below a value, or at most it.
    private static int First(double[] sorted, double value, bool orEqual)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < value || (orEqual && sorted[middle] == value))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
