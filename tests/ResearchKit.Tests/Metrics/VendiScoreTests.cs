using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class VendiScoreTests
{
    [Fact]
    public void The_examples_of_its_authors()
    {
        using var scope = NewDisposeScope();
        var x = tensor([0.0, 0, 10, 10, 20, 20]);
        // they cut the digits: exp(-10) is small
        Assert.InRange(VendiScore.Of((-(x.unsqueeze(0) - x.unsqueeze(1)).abs()).exp()), 2.9999, 3);
        Assert.Equal(2.1573, VendiScore.Of(tensor(new[] { 1, 0.9, 0, 0.9, 1, 0, 0, 0, 1 }, [3, 3])), 5e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(2)]
    [InlineData(double.PositiveInfinity)]
    public void All_different_count_each_and_all_alike_count_once(double order)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(7, VendiScore.Of(eye(7), order), 1e-9);
        Assert.Equal(1, VendiScore.Of(ones(7, 7), order), order < 1 ? 1e-5 : 1e-9); // roots of rounding errors
        Assert.Equal(3, VendiScore.OfFeatures(eye(3).repeat(5, 1) * 4, order), order < 1 ? 1e-5 : 1e-9);
    }

    [Fact]
    public void Two_samples_have_their_closed_form()
    {
        using var scope = NewDisposeScope();
        foreach (var c in (double[])[0, 0.3, 0.99])
        {
            var (p, q) = ((1 + c) / 2, (1 - c) / 2);
            Assert.Equal(Math.Exp(-p * Math.Log(p) - q * Math.Log(q)), VendiScore.Of(tensor(new[] { 1, c, c, 1 }, [2, 2])), 1e-12);
        }
    }

    [Theory]
    [InlineData(30, 50)]
    [InlineData(50, 30)]
    public void Features_are_compared_by_their_cosines(int n, int d)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var x = randn(n, d, dtype: ScalarType.Float64, generator: random);
        var unit = x / x.norm(1, keepdim: true);
        Assert.Equal(VendiScore.Of(unit.matmul(unit.t())), VendiScore.OfFeatures(x), 1e-9);
        Assert.Equal(VendiScore.OfFeatures(x), VendiScore.OfFeatures(x * linspace(1, 9, n, dtype: ScalarType.Float64).unsqueeze(1)), 1e-9);
    }

    [Fact]
    public void What_is_no_similarity_is_refused()
    {
        using var scope = NewDisposeScope();
        foreach (var matrix in (Tensor[])[ones(2, 3), eye(3) * 2, tensor(new[] { 1f, 0.5f, 0, 1 }, [2, 2])])
        {
            Assert.StartsWith("A similarity matrix is", Assert.Throws<ArgumentException>(() => VendiScore.Of(matrix)).Message,
                StringComparison.Ordinal);
        }

        var zero = ones(3, 2);
        zero[1] = zeros(2);
        Assert.StartsWith("Row 1 of the features", Assert.Throws<ArgumentException>(() => VendiScore.OfFeatures(zero)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => VendiScore.Of(eye(2), order: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => VendiScore.Of(eye(2), order: double.NaN));
    }
}
