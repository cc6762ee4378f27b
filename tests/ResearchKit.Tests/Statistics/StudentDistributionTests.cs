using ResearchKit.Statistics;

namespace ResearchKit.Tests.Statistics;

public class StudentDistributionTests
{
    [Theory] // scipy.stats.t.ppf((1 + level) / 2, degrees)
    [InlineData(0.95, 1, 12.706205)]
    [InlineData(0.95, 1.75, 4.948848)]
    [InlineData(0.95, 2, 4.302653)]
    [InlineData(0.95, 4, 2.776445)]
    [InlineData(0.95, 5.6, 2.489910)]
    [InlineData(0.95, 40, 2.021075)]
    [InlineData(0.95, 1e6, 1.959966)]
    [InlineData(0.99, 9, 3.249836)]
    public void Factors_are_scipys(double level, double degrees, double factor) =>
        Assert.Equal(1, StudentDistribution.Factor(level, degrees) / factor, 1e-4);

    [Theory] // 2 scipy.stats.t.sf(abs(t), degrees)
    [InlineData(2.093024, 19, 0.05)]
    [InlineData(-2.093024, 19, 0.05)]
    [InlineData(0, 7, 1)]
    [InlineData(12.706205, 1, 0.05)]
    [InlineData(4, 9.5, 0.00279001)]
    public void Two_sided_probabilities_are_scipys(double t, double degrees, double p) =>
        Assert.Equal(p, StudentDistribution.TwoSided(t, degrees), 1e-7);

    [Fact]
    public void Fewer_than_one_degree_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentDistribution.Factor(0.95, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentDistribution.TwoSided(1, 0.5));
    }
}
