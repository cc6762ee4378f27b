using ResearchKit.Statistics;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>The exact Wasserstein-1 distance of two samples: the least mean distance over which the points of one can be moved onto those
/// of the other.</summary>
/// <remarks>Arjovsky, Chintala and Bottou, arXiv:1701.07875, eq. 1, for empirical distributions and Euclidean distances, in float64. On the
/// line it is the area between the two distribution functions, found by sorting; elsewhere an optimal assignment. It is the distance of the
/// samples: that of the distributions behind them is smaller, by an error that falls slowly with N and more slowly in more
/// dimensions.</remarks>
public static class WassersteinDistance
{
    /// <summary>The distance of two samples.</summary>
    /// <param name="generated">Generated points, shape (N, D), N >= 1, any float dtype and device.</param>
    /// <param name="real">Real points, shape (M, D), M >= 1; N of them unless D is 1.</param>
    /// <returns>A value >= 0 in the points' unit; 0 for equal samples. Symmetric in its arguments.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set is empty, a number is NaN or infinite, or D is above 1
    /// and the counts differ.</exception>
    /// <remarks>Time N log N where D is 1, else N^3: about 0.1 s for 500 points.</remarks>
    public static double Of(Tensor generated, Tensor real)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(generated, real, minimumRows: 1);
        if (x.shape[1] == 1)
        {
            return OnLine(Sorted(x), Sorted(y));
        }

        ThrowIf(x.shape[0] != y.shape[0],
            "Outside the line the exact distance pairs the points one by one, so there must be as many generated as real ones, not " +
                $"{x.shape[0]} and {y.shape[0]}.", nameof(generated));
        var distances = (x.unsqueeze(1) - y.unsqueeze(0)).square().sum(2).sqrt(); // (N, N); a matrix product would lose short ones
        return OptimalAssignment.Cost(distances.contiguous().data<double>().ToArray(), (int)x.shape[0]) / x.shape[0];
    }

    private static double[] Sorted(Tensor column) => [.. column.flatten().data<double>().ToArray().Order()];

    // Walks over both samples in one order and adds up |F(t) - G(t)| dt.
    private static double OnLine(double[] x, double[] y)
    {
        var (i, j, area, at) = (0, 0, 0.0, 0.0);
        while (i < x.Length || j < y.Length)
        {
            var next = j == y.Length || (i < x.Length && x[i] <= y[j]) ? x[i] : y[j];
            area += (i + j == 0) ? 0 : Math.Abs((double)i / x.Length - (double)j / y.Length) * (next - at);
            at = next;
            if (i < x.Length && x[i] == next)
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return area;
    }
}
