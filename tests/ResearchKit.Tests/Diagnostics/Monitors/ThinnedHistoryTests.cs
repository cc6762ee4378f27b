using ResearchKit.Diagnostics.Monitors;

namespace ResearchKit.Tests.Diagnostics.Monitors;

public class ThinnedHistoryTests
{
    [Fact]
    public void It_stays_below_its_limit_and_evenly_spaced()
    {
        var history = new ThinnedHistory<int>(8);
        foreach (var i in Enumerable.Range(0, 100))
        {
            history.Add(i);
            Assert.True(history.Items.Count < 8);
            Assert.Single(history.Items.Zip(history.Items.Skip(1), (a, b) => b - a)
                .Append(history.Items.Count == 1 ? 1 : history.Items[1] - history.Items[0]).Distinct());
        }

        Assert.Equal([0, 16, 32, 48, 64, 80, 96], history.Items);
    }

    [Fact]
    public void A_recent_list_keeps_the_last()
    {
        var recent = new RecentList<int>(3);
        foreach (var i in Enumerable.Range(0, 5))
        {
            recent.Add(i);
        }

        Assert.Equal([2, 3, 4], recent.Items);
    }
}
