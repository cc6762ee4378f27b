using ResearchKit.Data.Toy;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data.Toy;

public class ToyDensityTests
{
    public static TheoryData<string> OnTheLine => ["normal", "two modes", "uniform"];

    [Theory]
    [MemberData(nameof(OnTheLine))]
    public void Integrates_to_one_and_gives_each_interval_its_share(string name)
    {
        var density = Density(name);
        const int cells = 400_000;
        const double low = -20, width = 40.0 / cells;
        using var middles = (low + (arange(cells, ScalarType.Float64) + 0.5) * width).unsqueeze(1);
        using var mass = density.LogDensity(middles).exp_().mul_(width);
        Assert.Equal(1, mass.sum().item<double>(), 1e-4);

        using var samples = density.Sample(200_000, seed: 3);
        foreach (var edge in (double[])[-1, -0.5, 0, 0.3, 1])
        {
            var expected = mass.slice(0, 0, (long)((edge - low) / width), 1).sum().item<double>();
            var share = (samples < edge).to(ScalarType.Float64).mean().item<double>();
            Assert.Equal(expected, share, 4.5 * Math.Sqrt(0.25 / 200_000)); // 4.5 standard errors
        }
    }

    [Fact]
    public void A_mixture_in_the_plane_has_its_closed_form()
    {
        var mixture = new GaussianMixture("two", [[0, 0], [3, 0]], [1, 0.5], [1, 3]);
        using var points = tensor(new double[] { 0, 0, 3, 1 }, [2, 2]);
        double At(double x, double y) =>
            0.25 * Math.Exp(-(x * x + y * y) / 2) / (2 * Math.PI)
            + 0.75 * Math.Exp(-((x - 3) * (x - 3) + y * y) / 0.5) / (2 * Math.PI * 0.25);
        using var log = mixture.LogDensity(points);
        Assert.Equal(Math.Log(At(0, 0)), log[0].item<double>(), 1e-12);
        Assert.Equal(Math.Log(At(3, 1)), log[1].item<double>(), 1e-12);
    }

    [Fact]
    public void The_best_discriminator_is_p_over_p_plus_q()
    {
        var p = GaussianMixture.OnLine((0, 1, 1));
        var q = GaussianMixture.OnLine((1, 2, 1));
        using var points = tensor(new[] { -1.0, 0, 2, 40 }, [4, 1]);
        using var best = p.OptimalDiscriminator(q, points);
        static double Normal(double x, double mean, double sigma) => Math.Exp(-(x - mean) * (x - mean) / (2 * sigma * sigma)) / sigma;
        foreach (var (i, x) in new[] { -1.0, 0, 2 }.Index())
        {
            Assert.Equal(Normal(x, 0, 1) / (Normal(x, 0, 1) + Normal(x, 1, 2)), best[i].item<double>(), 1e-12);
        }

        Assert.InRange(best[3].item<double>(), double.Epsilon, 1e-250); // p underflows there, its logarithm does not
        using var outside = tensor(new[] { 5.0 }, [1, 1]);
        Assert.True(double.IsNaN(new UniformDensity(0, 1).OptimalDiscriminator(new UniformDensity(2, 3), outside).item<double>()));
    }

    [Fact]
    public void Refuses_points_of_another_space_and_numbers_out_of_range()
    {
        using var line = zeros(3, 1);
        Assert.Contains("(N, 2)", Assert.Throws<ArgumentException>(() => GaussianMixture.Ring().LogDensity(line)).Message,
            StringComparison.Ordinal);
        Assert.Contains("0 to 7", Assert.Throws<ArgumentException>(() => GaussianMixture.Ring().Only(8)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new UniformDensity(1, 1));
        Assert.Throws<ArgumentException>(() => new GaussianMixture("none", [], []));
        Assert.Throws<ArgumentException>(() => new GaussianMixture("uneven", [[0, 0], [1]], [1, 1]));
        Assert.Throws<ArgumentException>(() => new GaussianMixture("flat", [[0]], [0]));
        Assert.Throws<ArgumentException>(() => new GaussianMixture("weightless", [[0]], [1], [0]));
    }

    private static ToyDensity Density(string name) => name switch
    {
        "normal" => GaussianMixture.OnLine((0.2, 0.7, 1)),
        "two modes" => GaussianMixture.OnLine((-1, 0.3, 1), (1, 0.6, 3)),
        _ => new UniformDensity(-0.7, 1.5),
    };
}
