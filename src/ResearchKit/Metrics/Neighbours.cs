using System.Numerics;
using System.Runtime.InteropServices;

namespace ResearchKit.Metrics;

/// <summary>Squared distances between rows, a strip of rows at a time, and nearest rows: what the metrics of neighbourhoods
/// share.</summary>
/// <remarks>|x|^2 - 2 x.y + |y|^2 in float64. The last bits of such a product depend on where the pair stands in the matrix, so they
/// decide nothing: a pair that rounding could put on either side of what it is compared with is measured again, by the sum of its
/// squared differences in one fixed order. That has the same bits for the same two rows in any place and either order, and is 0 for
/// copies. So copies tie exactly.</remarks>
internal static class Neighbours
{
    private const long StripElements = 4_000_000; // 32 MB, of which about three live at once
    private const double NearlyEqual = 1000; // times the rounding; below that a distance of the product has lost too many digits

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
        var realRadii = Radii(y, k, Step); // (M)
        var precise = zeros(n, ScalarType.Bool);
        var (inside, covered, recalled) = (0L, 0L, 0L);
        ForStrips(y, x, (start, distances) =>
        {
            var radii = realRadii.slice(0, start, start + distances.shape[0], 1).unsqueeze(1); // (m, 1)
            var near = isInside(distances, radii); // (m, N)
            precise.logical_or_(near.any(0));
            inside += near.sum().item<long>();
            covered += near.any(1).sum().item<long>(); // the nearest generated sample is inside when any is
            recalled += isInside(distances, generatedRadii).any(1).sum().item<long>();
            Step(distances.numel());
        }, realRadii, generatedRadii);
        return ((double)precise.sum().item<long>() / n, (double)recalled / m, (double)inside / ((double)k * n), (double)covered / m);

        void Step(long pairs)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(done += pairs, total);
        }
    }

    /// <summary>Gives the squared distances of all pairs in strips of rows: the first row's index and the strip, (n, M), which lives until
    /// the call returns.</summary>
    /// <param name="x">(N, D), float64, on the CPU.</param>
    /// <param name="y">(M, D), likewise. Where it is <paramref name="x"/> itself, a row's distance from itself is infinite: it is not its
    /// own neighbour.</param>
    /// <param name="use">Given each strip.</param>
    /// <param name="xRadii">Squared radii of the rows of x that the distances are to be compared with, (N): ties are exact.</param>
    /// <param name="yRadii">Those of the rows of y, (M).</param>
    public static void ForStrips(Tensor x, Tensor y, Action<long, Tensor> use, Tensor? xRadii = null, Tensor? yRadii = null) =>
        Walk(x, y, (start, strip, _, _, _) => use(start, strip), xRadii, yRadii);

    /// <summary>The nearest rows of y to each row of x, nearest first, of equally near ones the first.</summary>
    /// <param name="x">(N, D), float64, on the CPU.</param>
    /// <param name="y">(M, D), likewise, M >= k. Where it is <paramref name="x"/> itself, a row does not find itself, and M > k.</param>
    /// <param name="k">How many, at least 1.</param>
    /// <param name="step">Told after each strip how many pairs it had.</param>
    /// <returns>Squared distances, each by the sum of squared differences, and row numbers: both (N, k).</returns>
    public static (Tensor Squares, Tensor Rows) Nearest(Tensor x, Tensor y, int k, Action<long>? step = null)
    {
        var (squares, rows) = (new double[x.shape[0] * k], new long[x.shape[0] * k]);
        Array.Fill(squares, double.PositiveInfinity);
        var asked = (int)Math.Min(k + 1, y.shape[0] - (ReferenceEquals(x, y) ? 1 : 0)); // the one beyond shows whether it is near, too
        Walk(x, y, (start, strip, xRows, yRows, rounding) =>
        {
            var (values, indices) = strip.topk(asked, dim: 1, largest: false, sorted: true); // (n, asked)
            var (found, near) = (values.data<double>().ToArray(), indices.data<long>().ToArray());
            InParallel(strip.shape[0], xRows, yRows, (r, exact) =>
            {
                var (i, last) = (start + r, found[r * asked + k - 1]);
                var best = squares.AsSpan((int)(i * k), k);
                var bestRows = rows.AsSpan((int)(i * k), k);
                if (asked == k || found[r * asked + k] - last > 2 * rounding[i])
                {
                    var candidates = near.AsSpan((int)r * asked, k);
                    candidates.Sort();
                    foreach (var j in candidates)
                    {
                        Offer(best, bestRows, exact.Of(i, j), j);
                    }

                    return;
                }

                var row = FeatureRows.Of(strip, r);
                for (var j = 0; j < row.Length; j++)
                {
                    if (row[j] <= last + 2 * rounding[i])
                    {
                        Offer(best, bestRows, row[j] < NearlyEqual * rounding[i] ? row[j] : exact.Of(i, j), j);
                    }
                }
            });
            step?.Invoke(strip.numel());
        });
        return (tensor(squares).reshape(-1, k), tensor(rows).reshape(-1, k));
    }

    /// <summary>Squared distance from each row to its k-th nearest other row: (N).</summary>
    public static Tensor Radii(Tensor x, int k, Action<long>? step = null) =>
        Nearest(x, x, k, step).Squares.select(1, k - 1).contiguous();

    private static void Walk(Tensor x, Tensor y, Action<long, Tensor, FeatureRows, FeatureRows, double[]> use, Tensor? xRadii = null,
        Tensor? yRadii = null)
    {
        using var scope = NewDisposeScope();
        var (xRows, yRows) = (new FeatureRows(x), new FeatureRows(y));
        var (ofX, ofY) = (xRadii?.data<double>().ToArray(), yRadii?.data<double>().ToArray());
        var rows = Math.Max(1, StripElements / y.shape[0]);
        var yy = y.square().sum(1); // (M)
        var xx = ReferenceEquals(x, y) ? yy : x.square().sum(1); // (N)
        // more than a sum of D products and that of D squared differences can differ by
        var rounding = ((xx + yy.max()) * (4 * (x.shape[1] + 16) * Math.ScaleB(1, -53))).data<double>().ToArray();
        for (var start = 0L; start < x.shape[0]; start += rows)
        {
            using var step = NewDisposeScope();
            var end = Math.Min(start + rows, x.shape[0]);
            var products = x.slice(0, start, end, 1).matmul(y.t()); // (n, M)
            var strip = products.mul_(-2).add_(yy).add_(xx.slice(0, start, end, 1).unsqueeze(1));
            if (ReferenceEquals(x, y))
            {
                strip.diagonal(start).fill_(double.PositiveInfinity);
            }

            var first = start;
            InParallel(end - start, xRows, yRows, (r, exact) => MeasureAgain(
                FeatureRows.Of(strip, r), exact, first + r, ofX?[first + r] ?? double.NaN, ofY, rounding[first + r]));
            use(start, strip, xRows, yRows, rounding);
        }
    }

    // Of one row of a strip the distances that are nearly 0, or nearly one of the radii, with the few beside them.
    private static void MeasureAgain(Span<double> row, ExactSquares exact, long i, double radius, ReadOnlySpan<double> radii,
        double rounding)
    {
        var blocks = MemoryMarshal.Cast<double, Vector<double>>(row);
        var radiusBlocks = MemoryMarshal.Cast<double, Vector<double>>(radii);
        var (nearlyEqual, unsure, own) = (new Vector<double>(NearlyEqual * rounding), new Vector<double>(rounding),
            new Vector<double>(radius));
        var hasOwn = !double.IsNaN(radius);
        for (var b = 0; b < blocks.Length; b++)
        {
            var near = Vector.LessThan(blocks[b], nearlyEqual);
            if (radiusBlocks.Length > 0)
            {
                near |= Vector.LessThanOrEqual(Vector.Abs(blocks[b] - radiusBlocks[b]), unsure);
            }

            if (hasOwn)
            {
                near |= Vector.LessThanOrEqual(Vector.Abs(blocks[b] - own), unsure);
            }

            if (near != Vector<long>.Zero)
            {
                MeasureRange(row, exact, i, b * Vector<double>.Count, (b + 1) * Vector<double>.Count);
            }
        }

        MeasureRange(row, exact, i, blocks.Length * Vector<double>.Count, row.Length);
    }

    private static void MeasureRange(Span<double> row, ExactSquares exact, long i, int start, int end)
    {
        for (var j = start; j < end; j++)
        {
            row[j] = double.IsPositiveInfinity(row[j]) ? row[j] : exact.Of(i, j);
        }
    }

    // Keeps the nearest; rows come in ascending order, so that the first of equally near ones stays.
    private static void Offer(Span<double> best, Span<long> rows, double square, long row)
    {
        if (!(square < best[^1]))
        {
            return;
        }

        var at = best.Length - 1;
        for (; at > 0 && best[at - 1] > square; at--)
        {
            (best[at], rows[at]) = (best[at - 1], rows[at - 1]);
        }

        (best[at], rows[at]) = (square, row);
    }

    private static void InParallel(long count, FeatureRows x, FeatureRows y, Action<long, ExactSquares> work) => Parallel.For(0, count,
        new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, () => new ExactSquares(x, y), (r, _, exact) =>
        {
            work(r, exact);
            return exact;
        }, _ => { });
}
