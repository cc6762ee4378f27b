using ResearchKit.Files;

namespace ResearchKit.Imaging;

/// <summary>A rectangle of the plane that is looked at.</summary>
/// <param name="Left">Least x.</param>
/// <param name="Right">Greatest x, above the least.</param>
/// <param name="Bottom">Least y.</param>
/// <param name="Top">Greatest y, above the least.</param>
public sealed record PlotArea(double Left, double Right, double Bottom, double Top)
{
    /// <summary>A square around 0.</summary>
    /// <param name="half">Half its side.</param>
    public static PlotArea Square(double half) => new(-half, half, -half, half);

    /// <summary>The rectangle that holds points, with a margin of a tenth of its sides (at least 0.1).</summary>
    /// <param name="points">Finite numbers, shape (N, 2), N >= 1.</param>
    /// <exception cref="ArgumentException">The points have another shape, or there are none.</exception>
    public static PlotArea Around(Tensor points)
    {
        if (points.dim() != 2 || points.shape[0] < 1 || points.shape[1] != 2)
        {
            throw new ArgumentException($"An area is around points of shape (N, 2) with N >= 1, not {TensorShape.Show(points.shape)}.",
                nameof(points));
        }

        using var scope = NewDisposeScope();
        var low = points.amin([0]).to(ScalarType.Float64).cpu().data<double>().ToArray();
        var high = points.amax([0]).to(ScalarType.Float64).cpu().data<double>().ToArray();
        var (marginX, marginY) = (Math.Max(0.1, 0.1 * (high[0] - low[0])), Math.Max(0.1, 0.1 * (high[1] - low[1])));
        return new PlotArea(low[0] - marginX, high[0] + marginX, low[1] - marginY, high[1] + marginY);
    }

    /// <summary>Equally spaced values from the left to the right edge.</summary>
    /// <param name="count">How many, at least 2.</param>
    public double[] Xs(int count) => Spaced(Left, Right, count);

    /// <summary>Equally spaced values from the bottom to the top edge.</summary>
    /// <param name="count">How many, at least 2.</param>
    public double[] Ys(int count) => Spaced(Bottom, Top, count);

    private static double[] Spaced(double from, double to, int count) =>
        [.. Enumerable.Range(0, count).Select(i => from + (to - from) * i / (count - 1))];
}
