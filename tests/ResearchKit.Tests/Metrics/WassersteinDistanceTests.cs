using CsCheck;
using ResearchKit.Data.Toy;
using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class WassersteinDistanceTests
{
    [Fact]
    public void Points_by_hand_on_the_line()
    {
        using var x = tensor(new[] { 0.0, 1, 3 }).unsqueeze(1);
        using var y = tensor(new[] { 5.0, 6, 8 }).unsqueeze(1);
        Assert.Equal(5, WassersteinDistance.Of(x, y), 1e-12);
        // masses 2/4, 1/4, 1/4 against 1/3 each: |1/2 - 1/3| 1 + |3/4 - 2/3| 2
        using var four = tensor(new[] { 0.0, 0, 1, 3 }).unsqueeze(1);
        Assert.Equal(1.0 / 3, WassersteinDistance.Of(x, four), 1e-12);
        Assert.Equal(1.0 / 3, WassersteinDistance.Of(four, x), 1e-12);
        Assert.Equal(0, WassersteinDistance.Of(x, x.flip(0)));
    }

    [Fact]
    public void Large_samples_come_near_the_densities_own_distance()
    {
        using var unit = new UniformDensity(0, 1).Sample(20_000, 0);
        using var moved = new UniformDensity(0.5, 1.5).Sample(10_000, 1);
        using var wide = new UniformDensity(0, 2).Sample(10_000, 2);
        Assert.Equal(0.5, WassersteinDistance.Of(unit, moved), 0.01); // a shift by s: s
        Assert.Equal(0.5, WassersteinDistance.Of(unit, wide), 0.01); // quantiles q and 2 q: E q
        using var normal = GaussianMixture.OnLine((0, 1, 1)).Sample(20_000, 3);
        using var broad = GaussianMixture.OnLine((0, 3, 1)).Sample(20_000, 4);
        Assert.Equal(2 * Math.Sqrt(2 / Math.PI), WassersteinDistance.Of(normal, broad), 0.05); // (3 - 1) E |z|
    }

    [Fact]
    public void In_space_it_is_the_least_over_all_pairings() => Gen.Select(Gen.Int[0, 100_000], Gen.Int[1, 7], Gen.Int[2, 4]).Sample(
        (seed, n, d) =>
        {
            using var scope = NewDisposeScope();
            using var random = new Generator((ulong)seed);
            var (x, y) = (randn(n, d, ScalarType.Float64, generator: random), randn(n, d, ScalarType.Float64, generator: random));
            var ways = (x.unsqueeze(1) - y.unsqueeze(0)).norm(2).data<double>().ToArray();
            double Least(int row, int taken) => row == n
                ? 0
                : Enumerable.Range(0, n).Where(c => (taken & (1 << c)) == 0)
                    .Min(c => ways[(row * n) + c] + Least(row + 1, taken | (1 << c)));
            return Math.Abs(WassersteinDistance.Of(x, y) - (Least(0, 0) / n)) < 1e-9;
        },
        iter: 60);

    [Fact]
    public void A_line_in_the_plane_is_a_line() => Gen.Int[0, 100_000].Sample(
        seed =>
        {
            using var scope = NewDisposeScope();
            using var random = new Generator((ulong)seed);
            var (x, y) = (randn(100, 1, ScalarType.Float64, generator: random), randn(100, 1, ScalarType.Float64, generator: random) + 0.5);
            Tensor Embed(Tensor line) => cat([0.6 * line, 0.8 * line + 2], 1);
            return Math.Abs(WassersteinDistance.Of(Embed(x), Embed(y)) - WassersteinDistance.Of(x, y)) < 1e-9;
        },
        iter: 20);

    [Fact]
    public void A_shift_moves_every_point_by_itself()
    {
        using var x = GaussianMixture.Ring().Sample(300, 0);
        using var shifted = x + tensor(new[] { 3f, 4f });
        Assert.Equal(5, WassersteinDistance.Of(x, shifted), 1e-5);
    }

    [Fact]
    public void Bad_samples_are_refused()
    {
        using var three = zeros(3, 2);
        using var four = zeros(4, 2);
        using var line = zeros(3, 1);
        using var nan = full([3, 2], float.NaN);
        Assert.Contains("as many generated as real", Assert.Throws<ArgumentException>(() => WassersteinDistance.Of(three, four)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => WassersteinDistance.Of(three, line));
        Assert.Throws<ArgumentException>(() => WassersteinDistance.Of(three, nan));
    }
}
