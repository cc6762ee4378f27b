using CsCheck;
using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

/// <summary>Closed forms and laws; PeerMetricsTests has torch-fidelity's numbers.</summary>
public class FrechetDistanceTests
{
    [Fact]
    public void Gaussians_with_known_moments_have_their_closed_form()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (tensor([1.0, 4, 9]), tensor([4.0, 4, 1]));
        var mean = tensor([1.0, -2, 0]);

        // Commuting covariances, in a common rotated frame: |m|^2 + sum (sqrt a - sqrt b)^2 = 5 + 1 + 0 + 4.
        var (q, _) = linalg.qr(Normal(3, 3, 0));
        using var first = new FeatureStatistics(mean, q.matmul(a.diag()).matmul(q.t()));
        using var second = new FeatureStatistics(zeros(3, ScalarType.Float64), q.matmul(b.diag()).matmul(q.t()));
        Assert.Equal(10, FrechetDistance.Of(first, second), 1e-12);
        Assert.Equal(10, FrechetDistance.Of(second, first), 1e-12);

        // In the plane tr sqrt(A B) = sqrt(tr AB + 2 sqrt(det AB)), for any two covariances.
        using var left = new FeatureStatistics(zeros(2), tensor(new[] { 2.0, 1, 1, 3 }, [2, 2]));
        using var right = new FeatureStatistics(zeros(2), tensor(new[] { 1.0, -0.5, -0.5, 2 }, [2, 2]));
        Assert.Equal(5 + 3 - 2 * Math.Sqrt(2 - 0.5 - 0.5 + 6 + 2 * Math.Sqrt(5 * 1.75)), FrechetDistance.Of(left, right), 1e-12);
    }

    [Theory]
    [InlineData(200, 300, 20)]
    [InlineData(30, 40, 60)]
    [InlineData(30, 200, 60)]
    [InlineData(200, 30, 60)]
    [InlineData(60, 59, 60)]
    [InlineData(61, 60, 60)]
    public void Every_route_gives_what_the_statistics_give(int n, int m, int d)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (1.5 * Normal(n, d, 1) + 0.3, Normal(m, d, 2));
        using var sx = FeatureStatistics.Of(x);
        using var sy = FeatureStatistics.Of(y);
        var expected = BySquareRoots(sx, sy);
        Assert.All((double[])[FrechetDistance.Of(x, y), FrechetDistance.Of(y, x), FrechetDistance.Of(x, sy), FrechetDistance.Of(y, sx)],
            v => Assert.Equal(1, v / expected, 1e-9));
        Assert.All((double[])[FrechetDistance.Of(sx, sy), FrechetDistance.Of(sy, sx)], v => Assert.Equal(1, v / expected, 1e-9));
        // its rank is not known, so rounding errors about 0 are taken for eigenvalues
        using var unknown = new FeatureStatistics(sx.Mean, sx.Covariance);
        using var alike = new FeatureStatistics(sy.Mean, sy.Covariance);
        Assert.Equal(1, FrechetDistance.Of(unknown, alike) / expected, 1e-7);
    }

    [Fact]
    public void A_set_is_at_no_distance_from_itself_and_never_below()
    {
        using var scope = NewDisposeScope();
        foreach (var (n, d) in ((int, int)[])[(50, 8), (20, 40), (2, 3), (1000, 1)])
        {
            var x = Normal(n, d, n) * 30 + 100;
            using var statistics = FeatureStatistics.Of(x);
            foreach (var distance in (double[])[FrechetDistance.Of(x, x.clone()), FrechetDistance.Of(x, statistics),
                FrechetDistance.Of(statistics, statistics)])
            {
                Assert.InRange(distance, 0, 1e-6 * 900 * d);
            }
        }
    }

    [Fact]
    public void Order_and_a_common_shift_change_nothing_and_a_scale_squares() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Int[4, 40], Gen.Int[1, 20], Gen.Double[-100, 100], Gen.Double[0.1, 10]).Sample(
        (seed, n, d, shift, scale) =>
        {
            using var scope = NewDisposeScope();
            var (x, y) = (Normal(n, d, seed), Normal(n + 3, d, seed + 5000) * 2);
            var expected = FrechetDistance.Of(x, y);
            return Near(FrechetDistance.Of(x.flip(0), y), expected) && Near(FrechetDistance.Of(x + shift, y + shift), expected)
                && Near(FrechetDistance.Of(x * scale, y * scale) / (scale * scale), expected) && Near(FrechetDistance.Of(y, x), expected);
        },
        iter: 50);

    [Fact]
    public void A_shift_of_one_set_adds_its_squared_length()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(40, 5, 1), Normal(40, 5, 2));
        var aligned = x - x.mean([0]) + y.mean([0]);
        Assert.Equal(FrechetDistance.Of(aligned, y) + 5 * 9, FrechetDistance.Of(aligned + 3, y), 1e-9);
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-8 * Math.Max(1, Math.Abs(b));

    // tr sqrt(S1 S2) = sum of singular values of sqrt(S1) sqrt(S2), with the roots by eigenvectors: another way than any of the routes.
    private static double BySquareRoots(FeatureStatistics a, FeatureStatistics b)
    {
        var trace = linalg.svdvals(Root(a.Covariance).matmul(Root(b.Covariance))).sum();
        return ((a.Mean - b.Mean).square().sum() + a.Covariance.trace() + b.Covariance.trace() - 2 * trace).item<double>();

        static Tensor Root(Tensor s)
        {
            var (values, vectors) = linalg.eigh(s);
            return (vectors * values.where(values > 1e-12, zeros_like(values)).sqrt()).matmul(vectors.t());
        }
    }

    private static Tensor Normal(long n, long d, int seed)
    {
        using var random = new Generator((ulong)seed);
        return randn(n, d, dtype: ScalarType.Float64, generator: random);
    }
}
