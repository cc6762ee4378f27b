using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Runtime;
using ResearchKit.Schedules;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Losses.Penalties;

/// <summary>When a penalty works, and how strongly.</summary>
public class PenaltyWrapperTests
{
    private readonly Tensor _real = randn(6, 3, dtype: ScalarType.Float64);
    private readonly Tensor _fake = randn(6, 3, dtype: ScalarType.Float64);

    [Fact]
    public void Lazy_is_due_in_the_first_step_and_every_kth_after_it_and_counts_k_times()
    {
        using var d = nn.Sequential(nn.Linear(3, 1, dtype: ScalarType.Float64), nn.Flatten(0));
        var lazy = new LazyPenalty(new R1Penalty(2), 4);
        Assert.Equal([1, 5, 9], Enumerable.Range(1, 10).Where(i => lazy.IsDue(i)));
        Assert.Equal(4 * new R1Penalty(2).On(d, _real, _fake).item<double>(), lazy.On(d, _real, _fake).item<double>(), 1e-12);
        Assert.Equal(SlopeSites.Real, lazy.Sites);
        Assert.All(Enumerable.Range(1, 5), i => Assert.True(new LazyPenalty(new R1Penalty(2), 1).IsDue(i)));
    }

    [Fact]
    public void A_weight_that_is_a_schedule_has_the_steps_value_and_rests_at_0()
    {
        using var d = nn.Sequential(nn.Linear(3, 1, dtype: ScalarType.Float64), nn.Flatten(0));
        foreach (var entry in DiscriminatorPenalties.All)
        {
            var steepest = entry.Name == "labelSmoothing" ? 0.4 : 8;
            IDiscriminatorPenalty Of(Schedule weight) => entry.Create(weight, 3);
            var scheduled = Of(new LinearSchedule(steepest, 0, 4));
            foreach (var (step, share) in new[] { (1, 1.0), (2, 0.75), (3, 0.5), (4, 0.25) })
            {
                // each with a stream and averages of its own: the first batch that they see
                var expected = Of(steepest * share).On(d, _real, _fake).item<double>();
                var fresh = Of(new LinearSchedule(steepest, 0, 4));
                Assert.Equal(expected, fresh.On(d, _real, _fake, step).item<double>(), 1e-12);
                Assert.NotEqual(0, expected);
            }

            Assert.Equal([1, 2, 3, 4], Enumerable.Range(1, 10).Where(i => scheduled.IsDue(i)));
            Assert.False(Of(0).IsDue(1));
        }
    }

    [Fact]
    public void Lazy_takes_a_schedule_and_passes_refusals_on()
    {
        using var d = nn.Sequential(nn.Linear(3, 1, dtype: ScalarType.Float64), nn.Flatten(0));
        var both = new LazyPenalty(new R1Penalty(new LinearSchedule(4, 0, 4)), 2);
        Assert.Equal([1, 3], Enumerable.Range(1, 10).Where(i => both.IsDue(i)));
        Assert.Equal(2 * 2 * new R1Penalty(1).On(d, _real, _fake).item<double>(), both.On(d, _real, _fake, step: 3).item<double>(), 1e-12);
        var smoothing = new LabelSmoothing(0.1);
        Assert.NotNull(new LazyPenalty(smoothing, 2).Refuses(new HingeLoss()));
        Assert.Null(new LazyPenalty(smoothing, 2).Refuses(new MinimaxLoss()));
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LazyPenalty(new R1Penalty(1), 0));
        foreach (var entry in DiscriminatorPenalties.All)
        {
            Assert.Contains("linear(0.1, -1, 5)",
                Assert.Throws<ArgumentException>(() => entry.Create(new LinearSchedule(0.1, -1, 5), 0)).Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => entry.Create(-1, 0));
            Assert.Throws<ArgumentException>(() => entry.Create(double.NaN, 0));
        }

        Assert.Throws<ArgumentException>(() => new LabelSmoothing(0.6));
    }

    [Fact]
    public void Leave_nothing_but_their_result()
    {
        using var d = nn.Sequential(nn.Linear(3, 1, dtype: ScalarType.Float64), nn.Flatten(0));
        IDiscriminatorPenalty[] penalties = [new LazyPenalty(new R1Penalty(1), 2), new LabelSmoothing(0.1)];
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        foreach (var penalty in penalties)
        {
            using var value = penalty.On(d, _real, _fake);
            Assert.Equal(live + 1, Tensor.TotalCount);
        }
    }
}
