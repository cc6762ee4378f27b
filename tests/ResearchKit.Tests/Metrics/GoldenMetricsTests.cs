using ResearchKit.Metrics;
using ResearchKit.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

/// <summary>Four generated sets against one real set, with the numbers of the authors' own code; tests/peers/neighbours.py prints them
/// again from the papers' formulas. "inside" lies in the middle of the real distribution, "half" lacks a half of it.</summary>
public sealed class GoldenMetricsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _real;
    private readonly Tensor _uniform;

    public GoldenMetricsTests()
    {
        var numbers = CongruentialNumbers.Rows(900);
        (_real, _uniform) = (numbers[..500], numbers[500..]);
    }

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void The_data_are_those_of_the_reference() => Assert.Equal(1000.6061737388372, _real.sum().item<double>(), 1e-9);

    [Theory]
    [InlineData("fair", 0.00331111567842, 0.00112950545665)]
    [InlineData("inside", 0.01642619834200, 0.00163377056791)]
    [InlineData("shifted", 0.26365903639422, 0.60646050322747)]
    [InlineData("half", 0.06897685587508, 0.06196418176281)]
    public void Frechet_and_kernel_distance(string name, double frechet, double kernel)
    {
        Assert.Equal(frechet, FrechetDistance.Of(Set(name), _real), 1e-12);
        Assert.Equal(kernel, KernelInceptionDistance.Unbiased(Set(name), _real), 1e-12);
    }

    [Theory]
    [InlineData("fair", 0.9925, 0.998, 1.029, 0.954)]
    [InlineData("inside", 1, 0.912, 1.2415, 0.936)]
    [InlineData("shifted", 0.6225, 0.696, 0.4275, 0.444)]
    [InlineData("half", 0.9975, 0.654, 1.0295, 0.642)]
    public void Density_and_coverage(string name, double precision, double recall, double density, double coverage)
    {
        var measured = DensityCoverage.Of(Set(name), _real);
        Assert.Equal(precision, measured.Precision, 1e-12);
        Assert.Equal(recall, measured.Recall, 1e-12);
        Assert.Equal(density, measured.Density, 1e-12);
        Assert.Equal(coverage, measured.Coverage, 1e-12);
    }

    [Theory]
    [InlineData("fair", 1.0124371157071, 0.6808, 1)]
    [InlineData("inside", 1.2017887087759, 0.6944, 1)]
    [InlineData("shifted", 0.3933761878144, 0.2652, 0.3341645885287)]
    [InlineData("half", 0.9991615427613, 0.5292, 0.7206982543641)]
    public void Clipped_density_and_coverage(string name, double density, double raw, double coverage)
    {
        var measured = DensityCoverageClipped.Of(Set(name), _real);
        Assert.Equal(density, measured.UnclippedDensity, 1e-12);
        Assert.Equal(Math.Min(1, density), measured.Density, 1e-12);
        Assert.Equal(raw, measured.RawCoverage, 1e-12);
        Assert.Equal(coverage, measured.Coverage, 1e-12);
    }

    [Theory]
    [InlineData("fair", 0.7997932528771, 0.7911997987165)]
    [InlineData("inside", 0.8981010960446, 0.5123038776677)]
    [InlineData("shifted", 0.3236720648813, 0.3362843545013)]
    [InlineData("half", 0.8070669479674, 0.4682762576171)]
    public void Probabilistic_precision_and_recall(string name, double precision, double recall)
    {
        var measured = PrecisionRecallProbabilistic.Of(Set(name), _real);
        Assert.Equal(precision, measured.Precision, 1e-12);
        Assert.Equal(recall, measured.Recall, 1e-12);
    }

    [Theory]
    [InlineData("fair", 0.9975, 0.93)]
    [InlineData("inside", 0.9025, 0.892)]
    [InlineData("shifted", 0.46, 0.348)]
    [InlineData("half", 0.9125, 0.638)]
    public void Precision_and_recall_cover(string name, double overGenerated, double overReal)
    {
        var measured = PrecisionRecallCover.Of(Set(name), _real);
        Assert.Equal(overGenerated, measured.Precision, 1e-12);
        Assert.Equal(overReal, measured.Recall, 1e-12);
    }

    [Theory]
    [InlineData("fair", 0.02512467192761)]
    [InlineData("inside", 0.02020409613279)]
    [InlineData("shifted", 2.61460457394325)]
    [InlineData("half", 0.48681330016565)]
    public void Maximum_mean_discrepancy(string name, double expected) =>
        Assert.Equal(expected, MaximumMeanDiscrepancy.Of(Set(name), _real), 1e-11); // the reference loses digits to the kernel's ones

    [Fact]
    public void The_discrepancy_of_unit_vectors_is_nearly_blind_where_the_mean_stays()
    {
        using var random = new Generator(5);
        var real = randn(300, 16, ScalarType.Float64, generator: random);
        real = real / real.norm(1, keepdim: true);
        var mean = real.mean([0]);
        var away = randn(16, ScalarType.Float64, generator: random);
        away -= away.dot(mean) / mean.dot(mean) * mean;
        away = away / away.norm() * (1 - mean.dot(mean)).sqrt();
        var two = stack([mean + away, mean - away]); // two points of length 1, with the real mean
        var fair = MaximumMeanDiscrepancy.Of(real[..150], real[150..]);
        Assert.InRange(MaximumMeanDiscrepancy.Of(two, real), 0, fair / 2); // better than fair halves of the real set
    }

    private Tensor Set(string name) => name switch
    {
        "fair" => _uniform,
        "inside" => (0.8 * _uniform) + 0.1,
        "shifted" => _uniform + 0.25,
        _ => _uniform * tensor(new[] { 0.5, 1, 1, 1 }),
    };
}
