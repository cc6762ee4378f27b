using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Diagnostics.Modes;

namespace ResearchKit.Tests.Diagnostics.Modes;

public class StackedExpectationTests
{
    /// <summary>From SciPy, tests/peers/stacked_expectation.py.</summary>
    [Theory]
    [InlineData(100, 95.20785288629108, 2.369837333654005)]
    [InlineData(2000, 864.8000746025006, 0.284604278707128)]
    [InlineData(26000, 999.999999994957, 0.019339939655579272)]
    public void Equal_shares_are_as_SciPy_has_them(long samples, double modes, double divergence)
    {
        var expected = StackedExpectation.Of(samples);
        Assert.Equal(modes, expected.Modes, 1e-9);
        Assert.Equal(divergence, expected.ReverseKl, 1e-9);
    }

    [Fact]
    public void A_draw_of_labels_is_near_the_means_for_their_shares()
    {
        using var digits = DataCatalog.Find().LoadImages("digits", "test");
        using var triples = new StackedDigits(digits, 2000, seed: 4);
        var classes = digits.Labels!.data<long>().CountBy(l => l).ToDictionary(c => c.Key, c => (double)c.Value / digits.Count);
        double[] shares = [.. from a in classes.Values from b in classes.Values from c in classes.Values select a * b * c];
        var counts = triples.Labels.data<long>().CountBy(l => l).Select(c => c.Value / 2000.0).ToArray();
        var (modes, divergence) = StackedExpectation.Of(2000, shares);
        Assert.Equal(modes, counts.Length, 30.0);
        Assert.Equal(divergence, counts.Sum(c => c * Math.Log(1000 * c)), 0.04);
    }

    [Fact]
    public void One_triple_is_one_mode()
    {
        var (modes, divergence) = StackedExpectation.Of(50, [1, 0]);
        Assert.Equal((1, Math.Log(1000)), (modes, divergence));
    }

    [Fact]
    public void Shares_that_are_none_are_refused()
    {
        Assert.Contains("sum to 0.5", Assert.Throws<ArgumentException>(() => StackedExpectation.Of(10, [0.5])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => StackedExpectation.Of(10, [1.5, -0.5]));
        Assert.Throws<ArgumentException>(() => StackedExpectation.Of(10, [double.NaN]));
        Assert.Throws<ArgumentOutOfRangeException>(() => StackedExpectation.Of(0));
    }
}
