using ResearchKit.Diagnostics.Collapse;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Collapse;

public class BirthdayParadoxTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(316)]
    [InlineData(1000)]
    [InlineData(3162)]
    [InlineData(10_000)]
    public void The_estimate_is_within_a_factor_2_of_a_known_support(int support)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            using var samples = Points(seed, 2000, [.. Enumerable.Repeat(1.0, support)]);
            var result = BirthdayParadox.Measure(samples, seed: seed); // the threshold is taken from the samples
            Assert.False(result.IsLowerBound);
            Assert.InRange(result.Support / support, 0.5, 2);
            Assert.InRange(result.InverseCollision / support, 0.5, 2);
            Assert.InRange(result.HalfBatch / Math.Sqrt(2 * Math.Log(2) * support), 0.7, 1.4);
        }
    }

    [Fact]
    public void The_interval_holds_the_truth_about_as_often_as_it_says()
    {
        double[] equal = [.. Enumerable.Repeat(1.0, 400)], unequal = [.. Enumerable.Repeat(1.0, 400), .. Enumerable.Repeat(10.0, 40)];
        foreach (var weights in (double[][])[equal, unequal])
        {
            var truth = Math.Pow(weights.Sum(), 2) / weights.Sum(w => w * w); // 400 things, and as many as repeat as soon as the 440
            var held = 0;
            for (var seed = 0; seed < 60; seed++)
            {
                using var samples = Points(seed, 300, weights);
                var result = BirthdayParadox.Measure(samples, threshold: 0.1, seed: seed);
                held += result.Low <= truth && truth <= result.High ? 1 : 0;
            }

            Assert.InRange(held, 51, 60); // fewer than 51 of 60 have a chance of 0.2 % at 95 %
        }
    }

    [Fact]
    public void The_chance_by_batch_size_is_the_birthday_law_and_the_closest_pairs_are_kept()
    {
        using var samples = Points(5, 3000, [.. Enumerable.Repeat(1.0, 365)]);
        var result = BirthdayParadox.Measure(samples, threshold: 0.1);
        Assert.Equal(23, result.HalfBatch, 1.0);
        Assert.All(result.Batches, b => Assert.Equal(1 - Enumerable.Range(0, b.BatchSize).Aggregate(1.0, (p, i) => p * (1 - i / 365.0)),
            b.Probability, 0.06));
        Assert.Equal(1, result.Batches[^1].Probability);
        Assert.Equal(20, result.Closest.Count);
        Assert.Equal(result.Closest.OrderBy(p => p.Distance), result.Closest);
        Assert.All(result.Closest, p => Assert.Equal(p.Distance, (samples[p.First] - samples[p.Second]).norm().item<double>(), 1e-9));
        using var all = cdist(samples, samples).masked_select(ones(3000, 3000, ScalarType.Bool).triu(1));
        Assert.Equal(all.topk(20, largest: false).values[-1].item<double>(), result.Closest[^1].Distance, 1e-6);
    }

    [Fact]
    public void Too_few_samples_give_a_bound_and_say_so()
    {
        using var samples = randn(50, 8);
        var result = BirthdayParadox.Measure(samples, threshold: 1e-3);
        Assert.True(result.IsLowerBound);
        Assert.Equal(50 * 49 / 2 / -Math.Log(0.05), result.Support, 1e-6);
        Assert.StartsWith("support at least 409: 50 samples hold only 0 pair(s) of duplicates (nearer than 0.001)", result.ToString(),
            StringComparison.Ordinal);
        for (var seed = 0; seed < 20; seed++)
        {
            using var few = Points(seed, 150, [.. Enumerable.Repeat(1.0, 10_000)]); // 1.1 pairs on average
            var bound = BirthdayParadox.Measure(few, threshold: 0.1);
            Assert.True(bound.IsLowerBound && bound.Support < 20_000 && bound.Support > 300);
        }
    }

    [Fact]
    public void A_single_point_counts_once_and_takes_no_memory_for_its_pairs()
    {
        using var samples = Points(1, 9000, [1.0]);
        var result = BirthdayParadox.Measure(samples, threshold: 0.1, trials: 200);
        Assert.Equal(1, result.Support);
        Assert.InRange(result.Samples, 2000, 4000);
        Assert.Throws<InvalidOperationException>(() => BirthdayParadox.Measure(samples));
    }

    [Fact]
    public void A_judge_decides_about_the_pairs_below_the_threshold()
    {
        using var samples = Points(2, 1000, [.. Enumerable.Repeat(1.0, 200)]);
        Assert.Equal(0, BirthdayParadox.Measure(samples, 0.1, judge: _ => false).Duplicates);
        var all = BirthdayParadox.Measure(samples, 0.1);
        var half = BirthdayParadox.Measure(samples, 0.1, judge: p => p.First % 2 == p.Second % 2); // as if each point were two
        Assert.Equal(2, half.Support / all.Support, 0.4);
        var wide = BirthdayParadox.Measure(samples, 3, judge: p => p.Distance < 0.1);
        Assert.Equal((all.Duplicates, all.Support), (wide.Duplicates, wide.Support));
    }

    [Fact]
    public void Thresholds_come_from_real_samples_or_from_a_gap()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(4);
        var real = randn(1000, 8, generator: random);
        var closest = cdist(real, real).masked_select(ones(1000, 1000, ScalarType.Bool).triu(1)).min().item<float>();
        Assert.Equal(closest, DuplicateThreshold.FromReal(real), 1e-3);
        var message = Assert.Throws<ArgumentException>(() => DuplicateThreshold.FromReal(cat([real, real.slice(0, 2, 3, 1)]))).Message;
        Assert.StartsWith("Real samples 2 and 1000 (counted from 0) are equal", message, StringComparison.Ordinal);
        Assert.InRange(DuplicateThreshold.FromGap(Points(3, 1500, [.. Enumerable.Repeat(1.0, 1000)])), 0.005, 0.5);
        Assert.InRange(DuplicateThreshold.FromGap(real.slice(0, 0, 50, 1).repeat(10, 1)), 1e-9, 3); // copies without jitter
        Assert.Contains("FromReal", Assert.Throws<InvalidOperationException>(() => DuplicateThreshold.FromGap(real)).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => BirthdayParadox.Measure(real));
        Assert.Throws<ArgumentOutOfRangeException>(() => BirthdayParadox.Measure(real, threshold: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => BirthdayParadox.Measure(real, threshold: double.NaN));
    }

    [Fact]
    public void The_pair_that_a_threshold_comes_from_is_not_below_it()
    {
        foreach (var seed in Enumerable.Range(0, 20))
        {
            using var random = new Generator((ulong)seed);
            using var real = 5 + randn(400, 8, dtype: ScalarType.Float64, generator: random);
            var threshold = DuplicateThreshold.FromReal(real);
            Assert.Equal(0, BirthdayParadox.Measure(real, threshold, trials: 10).Duplicates);
            Assert.Equal(1, BirthdayParadox.Measure(real, Math.BitIncrement(threshold), trials: 10).Duplicates);
        }
    }

    // Draws from a list of points in 8 dimensions, with a jitter of a thousandth.
    private static Tensor Points(int seed, int count, double[] weights)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator((ulong)seed);
        var places = randn(weights.Length, 8, dtype: ScalarType.Float64, generator: random);
        var chosen = multinomial(tensor(weights), count, replacement: true, generator: random);
        return (places.index_select(0, chosen) + 0.001 * randn(count, 8, dtype: ScalarType.Float64, generator: random))
            .MoveToOuterDisposeScope();
    }
}
