using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Tests.Experiments.Sweeps;

public class SeedValuesTests
{
    private readonly SeedValues _values = new([20, 22, 25, 19, 24], 5);

    [Fact]
    public void Mean_error_and_interval_are_scipys()
    {
        Assert.Equal((22, 2.5495097567963922, 1.1401754250991378), (_values.Mean, _values.Deviation, _values.Error));
        var (low, high) = _values.Interval(0.95); // scipy.stats.t.ppf(.975, 4)
        Assert.Equal(18.83436552191668, low, 3e-4);
        Assert.Equal(25.16563447808332, high, 3e-4);
        Assert.Equal("22 ± 1.14", _values.ToString());
        Assert.Equal("22 ± 1.14 (5 of 7)", (_values with { Runs = 7 }).ToString());
    }

    [Fact]
    public void The_difference_to_a_published_mean_has_Welchs_interval()
    {
        // Satterthwaite's 8.0417 degrees; scipy's ttest_ind_from_stats gives p = .00965 for it
        var (low, high) = _values.DifferenceFrom(new PublishedValue(17.3, 0.8, 10), 0.99)!.Value;
        Assert.Equal(0.03351807670381213, low, 1e-3);
        Assert.Equal(9.366481923296186, high, 1e-3);
    }

    [Fact]
    public void Without_a_published_error_or_a_second_run_there_is_no_interval()
    {
        Assert.Null(_values.DifferenceFrom(new PublishedValue(17.3), 0.99));
        Assert.Null(_values.DifferenceFrom(new PublishedValue(17.3, 0.8), 0.99));
        Assert.Null(new SeedValues([1], 1).DifferenceFrom(new PublishedValue(17.3, 0.8, 10), 0.99));
        Assert.Equal(("-", "3"), (new SeedValues([], 2).ToString(), new SeedValues([3], 1).ToString()));
    }

    [Theory] // by R's svyciprop(method = "logit") in its own words: plogis(qlogis(m / K) -+ qt(.975, n - 1) * se / (K * p * (1 - p)))
    [InlineData(new double[] { 25, 24, 25, 22, 25 }, 25, 19.725105, 24.898253)]
    [InlineData(new double[] { 0.99, 1, 0.97 }, 1, 0.805287, 0.999245)]
    [InlineData(new double[] { 0, 0, 1 }, 25, 0.004313, 12.854477)]
    public void The_interval_of_a_bounded_score_stays_within_its_range(double[] values, double most, double low, double high)
    {
        var actual = new SeedValues(values, values.Length, 0, most).Interval(0.95);
        Assert.InRange(actual.Low, low - (1e-3 * most), low + (1e-3 * most));
        Assert.InRange(actual.High, high - (1e-3 * most), high + (1e-3 * most));
        Assert.True(actual.Low >= 0 && actual.High <= most && actual.Low < values.Average() && values.Average() < actual.High);
    }

    [Fact]
    public void No_bound_leaves_the_range_whatever_the_values()
    {
        var random = new Random(1);
        for (var i = 0; i < 1000; i++)
        {
            double[] values = [.. Enumerable.Range(0, random.Next(2, 8)).Select(_ => Math.Round(8 * Math.Pow(random.NextDouble(), 0.2)))];
            var seeds = new SeedValues(values, values.Length, 0, 8);
            var (low, high) = seeds.Interval(0.99);
            Assert.True(low >= 0 && high <= 8 && low <= seeds.Mean && high >= seeds.Mean, string.Join(' ', values));
            Assert.True((seeds with { Most = double.PositiveInfinity }).Interval(0.99).Low >= 0, string.Join(' ', values));
            var (least, most) = seeds.DifferenceFrom(new PublishedValue(0.5, 3, 2), 0.99)!.Value;
            Assert.True(least >= -8 && most <= 8, string.Join(' ', values));
        }
    }

    [Fact]
    public void Equal_bounded_values_have_an_interval_of_no_width() =>
        Assert.Equal((25.0, 25.0), new SeedValues([25, 25, 25], 3, 0, 25).Interval(0.95));

    [Theory] // statsmodels' proportion_confint(method="wilson")
    [InlineData(1, 3, 0.0614919, 0.7923404)]
    [InlineData(0, 10, 0, 0.2775328)]
    [InlineData(10, 10, 0.7224672, 1)]
    [InlineData(7, 10, 0.3967783, 0.8922087)]
    public void A_share_of_runs_has_Wilsons_interval(int count, int runs, double low, double high)
    {
        var actual = SeedValues.Share(count, runs, 0.95);
        Assert.Equal(low, actual.Low, 1e-4);
        Assert.Equal(high, actual.High, 1e-4);
    }

    [Fact]
    public void Equal_values_have_an_interval_of_no_width()
    {
        var (low, high) = new SeedValues([8, 8, 8], 3).DifferenceFrom(new PublishedValue(7, 0, 10), 0.99)!.Value;
        Assert.Equal((1, 1), (low, high));
    }
}
