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

    [Fact]
    public void Fewer_than_one_degree_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentDistribution.Factor(0.95, 0.5));
}
