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

    [Fact]
    public void Equal_values_have_an_interval_of_no_width()
    {
        var (low, high) = new SeedValues([8, 8, 8], 3).DifferenceFrom(new PublishedValue(7, 0, 10), 0.99)!.Value;
        Assert.Equal((1, 1), (low, high));
    }
}
