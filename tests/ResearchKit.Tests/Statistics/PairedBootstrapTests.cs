using ResearchKit.Statistics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Statistics;

public sealed class PairedBootstrapTests
{
    /// <summary>The standard error of a mean of pairs is that of their differences: the same noise in both falls out.</summary>
    [Fact]
    public void Is_as_wide_as_the_differences_ask()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var (noise, change) = (randn(400, ScalarType.Float64) * 10, randn(400, ScalarType.Float64) + 1);
        var one = ones(400, ScalarType.Float64);
        var (low, high) = PairedBootstrap.Interval((noise + change, one), (noise, one));
        var (mean, error) = (change.mean().item<double>(), change.std().item<double>() / Math.Sqrt(400));
        Assert.Equal(mean - (1.96 * error), low, 0.15 * error);
        Assert.Equal(mean + (1.96 * error), high, 0.15 * error);
        Assert.Equal((low, high), PairedBootstrap.Interval((noise + change, one), (noise, one)));
        Assert.NotEqual((low, high), PairedBootstrap.Interval((noise + change, one), (noise, one), seed: 1));
    }

    /// <summary>A sample without weight says nothing, however often it is drawn.</summary>
    [Fact]
    public void Draws_without_weight_are_left_out()
    {
        using var scope = NewDisposeScope();
        var weights = tensor(new double[] { 0, 3 });
        Assert.Equal((2, 2), PairedBootstrap.Interval((weights * 5, weights), (weights * 3, weights)));
    }

    [Fact]
    public void Other_shapes_are_refused()
    {
        using var scope = NewDisposeScope();
        var (two, three, one) = (ones(2, ScalarType.Float64), ones(3, ScalarType.Float64), ones(1, ScalarType.Float64));
        var error = Assert.Throws<ArgumentException>(() => PairedBootstrap.Interval((two, two), (two, three)));
        Assert.Contains("of the same samples, 2 or more, not shapes (2), (2), (2), (3)", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PairedBootstrap.Interval((one, one), (one, one)));
    }
}
