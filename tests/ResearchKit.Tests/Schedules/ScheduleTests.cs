using CsCheck;
using ResearchKit.Schedules;

namespace ResearchKit.Tests.Schedules;

public class ScheduleTests
{
    [Fact]
    public void Closed_forms()
    {
        Assert.Equal([2, 2, 2], At(2.0, 1, 5, 1_000_000));
        Assert.Equal([4, 4, 4, 3.5, 3, 2.5, 2, 2, 2], At(new LinearSchedule(4, 2, 4, Delay: 2), 1, 2, 3, 4, 5, 6, 7, 8, 1_000_000));
        Assert.Equal([8, 4, 2, 1, 1], At(new ExponentialSchedule(8, 1, 3), 1, 2, 3, 4, 5), Close);
        Assert.Equal([1, (1 + Math.Sqrt(0.5)) / 2, 0.5, (1 - Math.Sqrt(0.5)) / 2, 0, 0],
            At(new CosineSchedule(1, 0, 4), 1, 2, 3, 4, 5, 6), Close);
        Assert.Equal([6, 6, 3, 3, 1.5], At(new StaircaseSchedule(6, 0.5, 2), 1, 2, 3, 4, 5));
    }

    [Fact]
    public void Ramps_stay_between_their_ends_meet_them_exactly_and_never_turn_back()
    {
        var end = Gen.Double[1e-3, 10];
        Gen.Select(end, end, Gen.Long[1, 60], Gen.Long[0, 20]).Sample((from, to, steps, delay) =>
        {
            Schedule[] ramps = [new LinearSchedule(from, to, steps, delay), new ExponentialSchedule(from, to, steps, delay),
                new CosineSchedule(from, to, steps, delay)];
            foreach (var ramp in ramps)
            {
                var values = Enumerable.Range(1, (int)(steps + delay) + 3).Select(i => ramp.At(i)).ToList();
                Assert.All(values[..(int)(delay + 1)], v => Assert.Equal(from, v));
                Assert.All(values[(int)(delay + steps)..], v => Assert.Equal(to, v));
                Assert.All(values, v => Assert.InRange(v, Math.Min(from, to), Math.Max(from, to)));
                Assert.All(values.Zip(values.Skip(1)), p => Assert.True((p.Second - p.First) * (to - from) >= -1e-13));
            }
        });
    }

    [Fact]
    public void Rounding_does_not_lead_beyond_an_end()
    {
        Assert.Equal(0.1, new CosineSchedule(0.1, 0.7, 1_000_000_000).At(2)); // 0.7 - 0.6 would be a bit less
        Assert.Equal(0.7, new CosineSchedule(0.7, 0.1, 1_000_000_000).At(2));
    }

    [Fact]
    public void Bounds_are_those_of_the_values()
    {
        Assert.True(new LinearSchedule(1, 0, 5).StaysWithin(0, 1));
        Assert.False(new LinearSchedule(1, -0.1, 5).StaysWithin(0, 1));
        Assert.False(new CosineSchedule(1.1, 0, 5).StaysWithin(0, 1));
        Assert.True(new StaircaseSchedule(1, 0.5, 3).StaysWithin(0, 1));
        Assert.False(new StaircaseSchedule(1, 0.5, 3).StaysWithin(0.1, 1)); // it falls below any positive number
        Assert.True(new StaircaseSchedule(1, 1, 3).StaysWithin(0.1, 1));
        Assert.False(new ConstantSchedule(double.NaN).StaysWithin(double.NegativeInfinity, double.PositiveInfinity));
        Assert.False(new LinearSchedule(0, double.PositiveInfinity, 5).StaysWithin(0, double.PositiveInfinity));
        Assert.False(new ExponentialSchedule(1, double.PositiveInfinity, 5).StaysWithin(0, double.PositiveInfinity));
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Equal("Steps", Assert.Throws<ArgumentOutOfRangeException>(() => new LinearSchedule(0, 1, 0)).ParamName);
        Assert.Equal("Delay", Assert.Throws<ArgumentOutOfRangeException>(() => new CosineSchedule(0, 1, 1, -1)).ParamName);
        Assert.Contains("above 0", Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialSchedule(1, 0, 5)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialSchedule(-1, 1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialSchedule(double.NaN, 1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StaircaseSchedule(1, 0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StaircaseSchedule(1, 1.5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StaircaseSchedule(1, double.NaN, 5));
        Assert.Equal("Every", Assert.Throws<ArgumentOutOfRangeException>(() => new StaircaseSchedule(1, 0.5, 0)).ParamName);
    }

    [Fact]
    public void Say_what_they_are()
    {
        Assert.Equal("0.5", ((Schedule)0.5).ToString());
        Assert.Equal("cosine(1, 0.25, 10, 3)", new CosineSchedule(1, 0.25, 10, 3).ToString());
        Assert.Equal("staircase(1, 0.5, 7)", new StaircaseSchedule(1, 0.5, 7).ToString());
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-14;

    private static double[] At(Schedule schedule, params long[] steps) => [.. steps.Select(schedule.At)];
}
