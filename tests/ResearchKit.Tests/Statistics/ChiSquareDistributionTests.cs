using ResearchKit.Statistics;
using ResearchKit.Support;

namespace ResearchKit.Tests.Statistics;

public class ChiSquareDistributionTests
{
    [Fact]
    public void Tails_are_scipys()
    {
        var rows = new ReferenceTensors("Reference/collapse.safetensors")["chi2"].data<double>().ToArray();
        Assert.True(rows.Length > 150);
        for (var i = 0; i < rows.Length; i += 3)
        {
            var (value, degrees, tail) = (rows[i], rows[i + 1], rows[i + 2]);
            Assert.True(Math.Abs(ChiSquareDistribution.UpperTail(value, degrees) - tail) <= 1e-11 * tail + 1e-300,
                $"{value} with {degrees} degrees: {ChiSquareDistribution.UpperTail(value, degrees):R}, not {tail:R}");
        }
    }

    [Fact]
    public void Two_degrees_have_their_closed_form_and_the_ends_are_1_and_0()
    {
        foreach (var x in (double[])[0, 0.1, 2, 4, 40, 1000])
        {
            Assert.Equal(1, ChiSquareDistribution.UpperTail(x, 2) / Math.Exp(-x / 2), 1e-12);
        }

        Assert.Equal(0, ChiSquareDistribution.UpperTail(double.PositiveInfinity, 3));
    }

    [Fact]
    public void What_is_no_statistic_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ChiSquareDistribution.UpperTail(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChiSquareDistribution.UpperTail(double.NaN, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChiSquareDistribution.UpperTail(1, 0));
    }
}
