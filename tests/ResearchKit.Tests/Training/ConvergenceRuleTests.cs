using ResearchKit.Support;
using CsCheck;
using ResearchKit.Training;

namespace ResearchKit.Tests.Training;

public class ConvergenceRuleTests
{
    [Fact]
    public void A_plateau_stops_after_twice_the_patience_and_falling_values_never() =>
        Gen.Select(Gen.Int[1, 6], Gen.Double[0.1, 100], Gen.Double[0.03, 0.3]).Sample((patience, value, share) =>
    {
        Assert.Equal(2 * patience, StopsAt(new(1, patience, 0.02), _ => value));
        Assert.Null(StopsAt(new(1, patience, 0.02), i => value * Math.Pow(1 - share, i)));
        Assert.Equal(2 * patience, StopsAt(new(1, patience, 0.02), i => value * (1 + (share * i))));
        Assert.Null(StopsAt(new(1, patience, 0.02), i => -value * Math.Pow(1 + share, i))); // a score, negated
    });

    [Fact]
    public void It_falls_then_rests_and_stops_only_then()
    {
        double Fall(int i) => 1 + (10 * Math.Exp(-i / 10.0));
        var stop = StopsAt(new(1, 5, 0.02), Fall);
        Assert.InRange(stop!.Value, 45, 70); // the fall of five measurements is below 2 % of 1 from about there
    }

    [Fact]
    public void Single_bad_measurements_neither_stop_nor_hold_it_up() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9], Gen.Double[3, 1000]).Sample((first, second, spike) =>
    {
        Assert.Equal(10, StopsAt(new(1, 5, 0.02), i => (i == first ? spike : 0) + (i == second ? spike : 0) + 1, limit: 10));
        Assert.Null(StopsAt(new(1, 5, 0.02), i => Math.Pow(0.9, i) + (i % 10 == first ? spike : 0)));
    });

    [Fact]
    public void Noise_smaller_than_the_improvement_does_not_stop_it()
    {
        var random = new Random(3);
        Assert.Null(StopsAt(new(1, 5, 0.02), i => Math.Pow(0.95, i) * (1 + (0.1 * (random.NextDouble() - 0.5)))));
        Assert.InRange(StopsAt(new(1, 5, 0.02), _ => 1 + (0.1 * (random.NextDouble() - 0.5)))!.Value, 10, 40);
    }

    [Fact]
    public void It_ends_a_training_at_the_step_and_goes_on_from_what_was_measured()
    {
        using var gan = new TinyGan();
        var rule = new ConvergenceRule(every: 2, patience: 2);
        var steps = gan.Trainer.Run(50).UntilConverged(() => 1, rule).Select(s => s.Step).ToList();
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], steps);
        Assert.Equal([2, 4, 6, 8], rule.Measurements.Select(m => m.Step));
        Assert.StartsWith("at rest at step 8: median of 2 measurements 1", rule.ToString(), StringComparison.Ordinal);

        using var again = new TinyGan();
        var resumed = new ConvergenceRule(every: 2, patience: 2);
        _ = again.Trainer.Run(5).UntilConverged(() => 1, resumed).Count();
        Assert.Equal(3, again.Trainer.Run(50).UntilConverged(() => 1, resumed).Count());
    }

    [Fact]
    public void It_is_as_lazy_as_the_training_and_measures_when_it_is_due()
    {
        using var gan = new TinyGan();
        var measured = 0;
        var run = gan.Trainer.Run(10).UntilConverged(() => ++measured, new(every: 3, patience: 9));
        Assert.Equal(0, gan.Trainer.StepsDone);
        Assert.Equal(10, run.Count());
        Assert.Equal(3, measured);
    }

    [Fact]
    public void What_cannot_be_judged_is_refused()
    {
        var rule = new ConvergenceRule();
        rule.Add(100, 1);
        Assert.Contains("The measurement NaN at step 200", Assert.Throws<ArgumentException>(() => rule.Add(200, double.NaN)).Message,
            StringComparison.Ordinal);
        Assert.Contains("later than the one before", Assert.Throws<ArgumentException>(() => rule.Add(100, 1)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConvergenceRule(tolerance: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConvergenceRule(patience: 0));
    }

    private static int? StopsAt(ConvergenceRule rule, Func<int, double> value, int limit = 100)
    {
        for (var i = 0; i < limit; i++)
        {
            rule.Add(i + 1, value(i));
            if (rule.HasConverged)
            {
                return i + 1;
            }
        }

        return null;
    }
}
