namespace ResearchKit.Metrics;

/// <summary>Squared distances between rows, a strip of rows at a time: what the metrics of neighbourhoods share.</summary>
/// <remarks>|x|^2 - 2 x.y + |y|^2 in float64, clamped at 0. Exact for integers, and the same bits for the same pair of sets, so that copies
/// tie as they should.</remarks>
internal static class Neighbours
{
    private const long StripElements = 4_000_000; // 32 MB, of which about three live at once

    /// <summary>How two sets lie in each other's neighbourhoods, which reach to a sample's k-th nearest other one of its own set.</summary>
    /// <param name="generated">Features, (N, D), N > k.</param>
    /// <param name="real">Features, (M, D), M > k.</param>
    /// <param name="k">At least 1.</param>
    /// <param name="isInside">Whether squared distances lie within squared radii: the conventions differ in what equal ones are.</param>
    /// <param name="progress">Called with the pairs done and their number.</param>
    /// <param name="cancellation">Asked before each strip of pairs.</param>
    /// <returns>The shares of generated samples inside a real neighbourhood and of real samples inside a generated one; the real
    /// neighbourhoods around a generated sample, on average, over k; the share of real ones with a generated sample inside.</returns>
    public static (double Precision, double Recall, double Density, double Coverage) Compare(Tensor generated, Tensor real, int k,
        Func<Tensor, Tensor, Tensor> isInside, Action<long, long>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, y) = FeatureMatrix.Checked(generated, real, k + 1);
        var (n, m) = (x.shape[0], y.shape[0]);
        var (done, total) = (0L, n * n + m * m + n * m);
        var generatedRadii = Radii(x, k, Step); // (N)
        var realRadii = Radii(y, k, Step).unsqueeze(1); // (M, 1)
        var precise = zeros(n, ScalarType.Bool);
        var (inside, covered, recalled) = (0L, 0L, 0L);
        ForStrips(y, x, (start, distances) =>
        {
            var near = isInside(distances, realRadii.slice(0, start, start + distances.shape[0], 1)); // (m, N)
            precise.logical_or_(near.any(0));
            inside += near.sum().item<long>();
            covered += near.any(1).sum().item<long>(); // the nearest generated sample is inside when any is
            recalled += isInside(distances, generatedRadii).any(1).sum().item<long>();
            Step(distances.numel());
        });
        return ((double)precise.sum().item<long>() / n, (double)recalled / m, (double)inside / ((double)k * n), (double)covered / m);

        void Step(long pairs)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(done += pairs, total);
        }
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
            var products = x.slice(0, start, end, 1).matmul(y.t()); // (n, M)
            var distances = products.mul_(-2).add_(yy).add_(xx.slice(0, start, end, 1).unsqueeze(1)).clamp_min_(0);
            if (ReferenceEquals(x, y))
            {
                distances.diagonal(start).fill_(0);
            }

            use(start, distances);
        }
    }

    // Squared distance from each row to its k-th nearest other row: (N). The row itself is nearest and not counted.
    private static Tensor Radii(Tensor x, int k, Action<long> step)
    {
        var radii = empty(x.shape[0], dtype: x.dtype);
        ForStrips(x, x, (start, distances) =>
        {
            var (nearest, _) = distances.topk(k + 1, dim: 1, largest: false, sorted: true); // (n, k + 1)
            radii.slice(0, start, start + distances.shape[0], 1).copy_(nearest.select(1, k));
            step(distances.numel());
        });
        return radii;
    }
}
