using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics.Modes;

namespace ResearchKit.Tests.Diagnostics.Modes;

public class ModeHistogramTests
{
    private static readonly GaussianMixture _two = new("two", [[0, 0], [10, 0]], [1, 1], [1, 3]);

    [Fact]
    public void Shares_and_their_interval_by_hand()
    {
        var histogram = ModeHistogram.Of([Run(10, 90), Run(20, 80), Run(30, 70), Run(0, 0)], _two);
        Assert.Equal((3, 1), (histogram.Runs, histogram.LeftOut));
        var first = histogram.Modes[0];
        Assert.Equal((0, 0.25, 3), (first.Mode, first.True, first.Found));
        Assert.Equal(0.2, first.Mean, 1e-12);
        Assert.Equal(0.2 - 4.302653 * 0.1 / Math.Sqrt(3), first.Low, 1e-4); // Student's factor of 2 degrees
        Assert.Equal(0.2 + 4.302653 * 0.1 / Math.Sqrt(3), first.High, 1e-4);
        Assert.Empty(histogram.Departing);
        Assert.Equal([0, 1], ModeHistogram.Of([Run(10, 90), Run(11, 89), Run(9, 91)], _two).Departing.Select(m => m.Mode));
        Assert.Equal(
            "0 of 2 modes have a share whose 95% interval over 3 runs leaves the true share out (about 0.1 would by chance); least mean " +
                "share 20.0%, greatest 80.0%; 1 run(s) without a high-quality sample left out",
            histogram.ToString());
    }

    [Fact]
    public void Perfect_runs_depart_as_often_as_chance_says_and_a_mode_always_missed_departs()
    {
        var grid = GaussianMixture.Grid();
        var departing = 0;
        for (var trial = 0; trial < 20; trial++)
        {
            departing += ModeHistogram.Of([.. Enumerable.Range(0, 10).Select(i => Measure(grid, grid, trial * 10 + i))],
                grid).Departing.Count;
        }

        Assert.InRange(departing, 10, 45); // of 500 intervals at 95 %: 25, standard deviation 4.9
        var without = grid.Only([.. Enumerable.Range(1, 24)]);
        var missed = ModeHistogram.Of([.. Enumerable.Range(0, 5).Select(i => Measure(without, grid, i))], grid);
        Assert.Equal((0, 0.0, 0.0, true), (missed.Modes[0].Found, missed.Modes[0].Mean, missed.Modes[0].High, missed.Modes[0].Departs));
    }

    [Fact]
    public void Runs_that_do_not_go_together_are_refused()
    {
        Assert.Contains("there are 1 among 2",
            Assert.Throws<ArgumentException>(() => ModeHistogram.Of([Run(1, 1), Run(0, 0)], _two)).Message, StringComparison.Ordinal);
        Assert.Contains("measured against 2",
            Assert.Throws<ArgumentException>(() => ModeHistogram.Of([Run(1, 1), Run(1, 1)], GaussianMixture.Ring())).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ModeHistogram.Of([Run(1, 1), Run(1, 2)], _two, level: 95));
    }

    private static ModeCoverage Run(long first, long second) => new(first + second, 2, 2, 1, 1, 0, 0, [first, second]);

    private static ModeCoverage Measure(GaussianMixture source, GaussianMixture target, int seed)
    {
        using var samples = source.Sample(2500, seed);
        return ModeCoverage.Measure(samples, target);
    }
}
