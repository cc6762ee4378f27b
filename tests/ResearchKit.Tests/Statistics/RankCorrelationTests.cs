using ResearchKit.Statistics;

namespace ResearchKit.Tests.Statistics;

public class RankCorrelationTests
{
    [Fact]
    public void Only_the_order_counts()
    {
        Assert.Equal(1, RankCorrelation.Of([1, 2, 3, 10], [-5, 0, 0.1, 1e9]), 1e-12);
        Assert.Equal(-1, RankCorrelation.Of([1, 2, 3, 10], [4, 3, 2, 1]), 1e-12);
    }

    [Fact]
    public void Values_by_hand()
    {
        // 1 - 6 sum d^2 / (n (n^2 - 1))
        Assert.Equal(1 - (6 * (1 + 1.0) / (5 * 24)), RankCorrelation.Of([1, 2, 3, 4, 5], [2, 1, 3, 4, 5]), 1e-12);
        Assert.Equal(3 / Math.Sqrt(10), RankCorrelation.Of([1, 2, 2, 3], [1, 2, 3, 4]), 1e-12); // ranks 0, 1.5, 1.5, 3: 4.5 / sqrt(4.5 * 5)
    }

    [Fact]
    public void A_constant_has_no_order() => Assert.True(double.IsNaN(RankCorrelation.Of([1, 1, 1], [1, 2, 3])));

    [Fact]
    public void Bad_series_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RankCorrelation.Of([1, 2], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => RankCorrelation.Of([1], [1]));
        Assert.Throws<ArgumentException>(() => RankCorrelation.Of([1, double.NaN], [1, 2]));
    }
}
