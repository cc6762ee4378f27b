using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Runtime;
using ResearchKit.Schedules;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training.Penalties;

/// <summary>Penalties that change when and how strongly another one works.</summary>
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
    public void Scheduled_multiplies_by_the_steps_value_and_rests_at_0()
    {
        using var d = nn.Sequential(nn.Linear(3, 1, dtype: ScalarType.Float64), nn.Flatten(0));
        var scheduled = new ScheduledPenalty(new R2Penalty(1), new LinearSchedule(8, 0, 4));
        var one = new R2Penalty(1).On(d, _real, _fake).item<double>();
        Assert.Equal([8 * one, 6 * one, 4 * one, 2 * one], Enumerable.Range(1, 4)
            .Select(i => scheduled.On(d, _real, _fake, i).item<double>()), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1, 2, 3, 4], Enumerable.Range(1, 10).Where(i => scheduled.IsDue(i)));
        Assert.Equal(SlopeSites.Fake, scheduled.Sites);
    }

    [Fact]
    public void They_wrap_each_other_and_pass_refusals_on()
    {
        using var d = nn.Sequential(nn.Linear(3, 1, dtype: ScalarType.Float64), nn.Flatten(0));
        var both = new LazyPenalty(new ScheduledPenalty(new R1Penalty(1), new LinearSchedule(4, 0, 4)), 2);
        Assert.Equal([1, 3], Enumerable.Range(1, 10).Where(i => both.IsDue(i)));
        Assert.Equal(2 * 2 * new R1Penalty(1).On(d, _real, _fake).item<double>(), both.On(d, _real, _fake, step: 3).item<double>(), 1e-12);
        var smoothing = new LabelSmoothing(0.1);
        Assert.NotNull(new LazyPenalty(smoothing, 2).Refuses(new HingeLoss()));
        Assert.NotNull(new ScheduledPenalty(smoothing, 1).Refuses(new HingeLoss()));
        Assert.Null(new LazyPenalty(smoothing, 2).Refuses(new MinimaxLoss()));
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LazyPenalty(new R1Penalty(1), 0));
        Assert.Contains("linear(1, -1, 5)",
            Assert.Throws<ArgumentException>(() => new ScheduledPenalty(new R1Penalty(1), new LinearSchedule(1, -1, 5))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ScheduledPenalty(new R1Penalty(1), double.NaN));
        Assert.Throws<ArgumentException>(() => new LabelSmoothing(0.6));
        Assert.Throws<ArgumentException>(() => new LabelSmoothing(new LinearSchedule(0.1, -0.1, 5)));
    }

    [Fact]
    public void Leave_nothing_but_their_result()
    {
        using var d = nn.Sequential(nn.Linear(3, 1, dtype: ScalarType.Float64), nn.Flatten(0));
        IDiscriminatorPenalty[] penalties = [new LazyPenalty(new R1Penalty(1), 2), new ScheduledPenalty(new R1Penalty(1), 2),
            new LabelSmoothing(0.1)];
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        foreach (var penalty in penalties)
        {
            using var value = penalty.On(d, _real, _fake);
            Assert.Equal(live + 1, Tensor.TotalCount);
        }
    }
}
