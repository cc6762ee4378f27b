using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class KernelInceptionDistanceTests
{
    [Fact]
    public void All_rows_at_once_are_the_sums_written_out()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(2100, 3, 1), Normal(1050, 3, 2) + 0.2); // more than one tile
        var kernel = new PolynomialKernel(Degree: 2, Gamma: 0.5, Offset: 0.25);
        Tensor K(Tensor a, Tensor b) => (a.matmul(b.t()) * 0.5 + 0.25).square();
        double Within(Tensor a) => (K(a, a).sum() - K(a, a).trace()).item<double>() / ((double)a.shape[0] * (a.shape[0] - 1));
        var expected = Within(x) + Within(y) - 2 * K(x, y).mean().item<double>();
        long last = 0;
        Assert.Equal(1, KernelInceptionDistance.Unbiased(x, y, kernel, (done, total) => last = total - done) / expected, 1e-9);
        Assert.Equal(0, last);
        Assert.Equal(1, KernelInceptionDistance.Unbiased(y, x, kernel) / expected, 1e-9);
    }

    [Fact]
    public void One_subset_of_everything_is_the_estimate_from_all_rows()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(50, 7, 1), Normal(50, 7, 2) * 2);
        var subsets = KernelInceptionDistance.Subsets(x, y, subsets: 3, subsetSize: 50);
        Assert.Equal(KernelInceptionDistance.Unbiased(x, y), subsets.Mean, 1e-12);
        Assert.Equal(0, subsets.StandardDeviation, 1e-12);
    }

    [Fact]
    public void It_is_unbiased()
    {
        using var scope = NewDisposeScope();
        var values = Enumerable.Range(0, 200).Select(i => KernelInceptionDistance.Unbiased(Normal(30, 4, 2 * i), Normal(30, 4, 2 * i + 1)))
            .ToArray();
        var mean = values.Average();
        var error = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) / values.Length);
        Assert.InRange(mean, -3 * error, 3 * error);
        Assert.Contains(values, v => v < 0);
    }

    [Fact]
    public void The_seed_chooses_the_subsets_and_a_subset_larger_than_a_set_is_refused()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(40, 3, 1), Normal(30, 3, 2));
        Assert.Equal(KernelInceptionDistance.Subsets(x, y, 5, 10, seed: 1), KernelInceptionDistance.Subsets(x, y, 5, 10, seed: 1));
        Assert.NotEqual(KernelInceptionDistance.Subsets(x, y, 5, 10, seed: 1), KernelInceptionDistance.Subsets(x, y, 5, 10, seed: 2));
        var error = Assert.Throws<ArgumentException>(() => KernelInceptionDistance.Subsets(x, y, subsetSize: 31));
        Assert.StartsWith("Real features have 30 rows; this metric needs at least 31", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PolynomialKernel(Degree: 0));
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => KernelInceptionDistance.Subsets(x, y, 5, 10, cancellation: stop.Token));
        Assert.Throws<OperationCanceledException>(() => KernelInceptionDistance.Unbiased(x, y, cancellation: stop.Token));
    }

    private static Tensor Normal(long n, long d, int seed)
    {
        using var random = new Generator((ulong)seed);
        return randn(n, d, dtype: ScalarType.Float64, generator: random);
    }
}
