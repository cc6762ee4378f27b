namespace ResearchKit.Metrics;

/// <summary>Squared distances between rows, a strip of rows at a time: what the metrics of neighbourhoods share.</summary>
/// <remarks>|x|^2 - 2 x.y + |y|^2 in float64, clamped at 0. Exact for integers, and the same bits for the same pair of sets, so that copies
/// tie as they should.</remarks>
internal static class Neighbours
{
    private const long StripElements = 4_000_000; // 32 MB, of which about three live at once

    /// <summary>Squared distance from each row to its k-th nearest other row.</summary>
    /// <param name="x">float64, (N, D), N > k.</param>
    /// <param name="k">At least 1; the row itself is nearest and not counted.</param>
    /// <param name="strip">Called after each strip with the number of pairs in it.</param>
    /// <returns>(N), in the current scope.</returns>
    public static Tensor Radii(Tensor x, int k, Action<long> strip)
    {
        var radii = empty(x.shape[0], dtype: x.dtype);
        ForStrips(x, x, (start, distances) =>
        {
            var (nearest, _) = distances.topk(k + 1, dim: 1, largest: false, sorted: true); // (n, k + 1)
            radii.slice(0, start, start + distances.shape[0], 1).copy_(nearest.select(1, k));
            strip(distances.numel());
        });
        return radii;
    }

    /// <summary>Gives the squared distances of all pairs in strips of rows: the first row's index and the strip, (n, M), which lives until
    /// the call returns.</summary>
    public static void ForStrips(Tensor x, Tensor y, Action<long, Tensor> use)
    {
        using var scope = NewDisposeScope();
        var rows = Math.Max(1, StripElements / y.shape[0]);
        var yy = y.square().sum(1); // (M)
        var xx = ReferenceEquals(x, y) ? yy : x.square().sum(1); // (N)
        for (var start = 0L; start < x.shape[0]; start += rows)
        {
            using var strip = NewDisposeScope();
            var end = Math.Min(start + rows, x.shape[0]);
            // (n, M)
            var distances = x.slice(0, start, end,
                1).matmul(y.t()).mul_(-2).add_(yy).add_(xx.slice(0, start, end, 1).unsqueeze(1)).clamp_min_(0);
            if (ReferenceEquals(x, y))
            {
                distances.diagonal(start).fill_(0);
            }

            use(start, distances);
        }
    }
}
