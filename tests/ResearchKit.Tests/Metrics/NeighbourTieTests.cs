using CsCheck;
using ResearchKit.Diagnostics.Overfitting;
using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

/// <summary>Sets with copies, as collapsed generators and memorised training sets have them: copies lie at distance 0 and tie exactly, in
/// every metric of neighbourhoods. The expected counts come from a table of distances between the different rows.</summary>
public class NeighbourTieTests
{
    private static readonly Gen<(int Seed, int Rows, int Width, int N, int M)> Sets = Gen.Select(Gen.Int[0, 10_000], Gen.Int[1, 12],
        Gen.Int[1, 70], Gen.Int[6, 60], Gen.Int[6, 60]);

    [Fact]
    public void Copies_of_one_row()
    {
        using var scope = NewDisposeScope();
        var row = (Normal(1, 64, 1) * 5) + 2;
        var (x, y) = (row.repeat(1000, 1), row.repeat(77, 1));
        Assert.Equal(new PrecisionRecall(1, 1, 1), PrecisionRecall.Of(x, y)); // equal is inside here
        Assert.Equal(new DensityCoverage(0, 0, 0, 0), DensityCoverage.Of(x, y)); // ... and outside here
        var clipped = DensityCoverageClipped.Of(x, y);
        Assert.Equal((1, 0), (clipped.Density, clipped.Coverage)); // inside for density, outside for coverage
        Assert.Equal(new PrecisionRecallCover(1, 1), PrecisionRecallCover.Of(x, y));
        Assert.Equal(new PrecisionRecallProbabilistic(0, 0), PrecisionRecallProbabilistic.Of(x, y)); // balls without an inside
        Assert.Equal(0, MaximumMeanDiscrepancy.Of(x, y));
        Assert.Equal(0, Authenticity.Percent(x, y));
    }

    [Fact]
    public void Sets_of_copies_have_the_counts_of_their_different_rows() => Sets.Sample(
        (seed, rows, width, n, m) => Compare(seed, rows, width, n, m), iter: 60, threads: 1);

    [Fact]
    public void So_have_sets_of_several_strips() => Assert.True(Compare(seed: 3, rows: 40, width: 100, n: 3000, m: 2500));

    [Fact]
    public void So_have_sets_far_from_the_origin() => Assert.True(Compare(seed: 4, rows: 40, width: 33, n: 150, m: 200, offset: 1e7));

    [Fact]
    public void A_set_given_twice_is_as_precise_dense_and_covering_as_once_and_the_order_changes_nothing() => Sets.Sample(
        (seed, rows, width, n, m) =>
        {
            using var scope = NewDisposeScope();
            var (x, y, _, _, _) = Draw(seed, rows, width, n, m, 0);
            using var random = new Generator((ulong)seed);
            var (shuffled, other) = (x[randperm(n, generator: random)], y[randperm(m, generator: random)]);
            var (once, twice) = (DensityCoverage.Of(x, y), DensityCoverage.Of(cat([x, shuffled]), other));
            var (near, nearTwice) = (PrecisionRecall.Of(x, y), PrecisionRecall.Of(cat([x, shuffled]), other));
            return once == DensityCoverage.Of(shuffled, other) && near == PrecisionRecall.Of(shuffled, other)
                && (once.Precision, once.Density, once.Coverage) == (twice.Precision, twice.Density, twice.Coverage)
                && near.Precision == nearTwice.Precision;
        },
        iter: 40,
        threads: 1);

    [Fact]
    public void A_copy_is_found_at_distance_0_in_its_first_place()
    {
        using var scope = NewDisposeScope();
        var pool = (Normal(300, 50, 9) * 3) + 7;
        var rows = Enumerable.Range(0, 200).Select(i => i * 7L % 300).ToArray();
        var nearest = NearestSamples.Of(pool.index_select(0, tensor(rows)), cat([pool, pool]));
        Assert.Equal(rows, nearest.Rows);
        Assert.All(nearest.Distances, d => Assert.Equal(0.0, d));
    }

    [Fact]
    public void Nearest_rows_are_those_of_a_full_sort()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(90, 20, 5), Normal(70, 20, 6));
        var (squares, rows) = Neighbours.Nearest(x, y, 4);
        var (sorted, order) = (x.unsqueeze(1) - y.unsqueeze(0)).square().sum(2).sort(1);
        Assert.True(squares.allclose(sorted[.., ..4], 1e-14, 0));
        Assert.True(rows.eq(order[.., ..4]).all().item<bool>());
        var (_, others) = Neighbours.Nearest(y, y, 69); // all others: none is itself
        Assert.False(others.eq(arange(70, ScalarType.Int64).unsqueeze(1)).any().item<bool>());
    }

    private static bool Compare(int seed, int rows, int width, int n, int m, double offset = 0)
    {
        using var scope = NewDisposeScope();
        var (x, y, ofX, ofY, table) = Draw(seed, rows, width, n, m, offset);
        double[] Radii(int[] ids, int k) => [.. ids.Select(i => ids.Select(j => table[i, j]).Order().ElementAt(k))]; // itself is first
        var (rx3, ry3, rx5, ry5) = (Radii(ofX, 3), Radii(ofY, 3), Radii(ofX, 5), Radii(ofY, 5));
        var (allX, allY) = (Enumerable.Range(0, n).ToArray(), Enumerable.Range(0, m).ToArray());
        double D(int i, int j) => table[ofX[i], ofY[j]];

        var near = PrecisionRecall.Of(x, y, 3);
        Assert.Equal(allX.Count(i => allY.Any(j => D(i, j) <= ry3[j])), near.Precision * n, 1e-6);
        Assert.Equal(allY.Count(j => allX.Any(i => D(i, j) <= rx3[i])), near.Recall * m, 1e-6);
        var dense = DensityCoverage.Of(x, y, 5);
        Assert.Equal(allX.Count(i => allY.Any(j => D(i, j) < ry5[j])), dense.Precision * n, 1e-6);
        Assert.Equal(allY.Count(j => allX.Any(i => D(i, j) < rx5[i])), dense.Recall * m, 1e-6);
        Assert.Equal(allX.Sum(i => allY.Count(j => D(i, j) < ry5[j])), dense.Density * n * 5, 1e-5);
        Assert.Equal(allY.Count(j => allX.Any(i => D(i, j) < ry5[j])), dense.Coverage * m, 1e-6);

        var clipped = DensityCoverageClipped.Of(x, y);
        var median = ry5.Order().ToArray() is var r && r[(m - 1) / 2] == r[m / 2] ? r[m / 2]
            : Math.Pow((Math.Sqrt(r[(m - 1) / 2]) + Math.Sqrt(r[m / 2])) / 2, 2);
        var own = allY.Average(j => Math.Min(5, allY.Count(i => i != j && table[ofY[i], ofY[j]] <= Math.Min(ry5[i], median))));
        var density = allX.Average(i => Math.Min(5, allY.Count(j => D(i, j) <= Math.Min(ry5[j], median)))) / own;
        Assert.Equal(density, clipped.UnclippedDensity, 1e-9);
        Assert.Equal(allY.Average(j => allX.Select(i => D(i, j)).Order().Take(5).Count(d => d < ry5[j])) / 5, clipped.RawCoverage, 1e-9);

        if (n > 9 && m > 9)
        {
            var (rx9, ry9, cover) = (Radii(ofX, 9), Radii(ofY, 9), PrecisionRecallCover.Of(x, y));
            Assert.Equal(allX.Count(i => allY.Count(j => D(i, j) <= rx9[i]) >= 3), cover.Precision * n, 1e-6);
            Assert.Equal(allY.Count(j => allX.Count(i => D(i, j) <= ry9[j]) >= 3), cover.Recall * m, 1e-6);
        }

        var ry1 = Radii(ofY, 1);
        var authentic = allX.Count(i => allY.MinBy(j => D(i, j)) is var j && ry1[j] < D(i, j));
        Assert.Equal(authentic, Authenticity.Percent(x, y) * n / 100, 1e-6);
        return true;
    }

    // Two sets of copies of a few rows, which rows they are of, and the squared distances between those rows.
    private static (Tensor X, Tensor Y, int[] OfX, int[] OfY, double[,] Table) Draw(int seed, int rows, int width, int n, int m,
        double offset)
    {
        var different = Normal(rows, width, seed) + offset;
        var random = new Random(seed);
        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => Math.Min(random.Next(rows), random.Next(rows + 2)))]; // uneven
        var (ofX, ofY, table) = (Ids(n), Ids(m), new double[rows, rows]);
        var values = different.data<double>().ToArray().Chunk(width).ToArray();
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < rows; j++)
            {
                table[i, j] = values[i].Zip(values[j], (a, b) => (a - b) * (a - b)).Sum();
            }
        }

        return (Rows(ofX), Rows(ofY), ofX, ofY, table);

        Tensor Rows(int[] ids) => different.index_select(0, tensor(ids.Select(i => (long)i).ToArray()));
    }

    private static Tensor Normal(long n, long d, int seed)
    {
        using var random = new Generator((ulong)seed);
        return randn(n, d, dtype: ScalarType.Float64, generator: random);
    }
}
