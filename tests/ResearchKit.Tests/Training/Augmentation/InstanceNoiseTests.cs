using ResearchKit.Runtime;
using ResearchKit.Schedules;
using ResearchKit.Training.Augmentation;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training.Augmentation;

public class InstanceNoiseTests
{
    [Theory]
    [InlineData(20_000L, 2L)]
    [InlineData(50L, 3L, 16L, 16L)]
    public void Adds_normal_numbers_of_the_steps_sigma_to_samples_of_any_shape(params long[] shape)
    {
        using var noise = new InstanceNoise(new LinearSchedule(0.4, 0, 2));
        using var samples = randn(shape, ScalarType.Float64);
        foreach (var (step, sigma) in new[] { (1, 0.4), (2, 0.2) })
        {
            using var added = noise.Apply(samples, step) - samples;
            var error = 5 * sigma / Math.Sqrt(added.numel()); // 5 standard errors
            Assert.Equal(0, added.mean().item<double>(), error);
            Assert.Equal(sigma, added.std().item<double>(), error);
        }

        Assert.Same(samples, noise.Apply(samples, 3));
    }

    [Fact]
    public void The_seed_decides_and_every_call_draws_anew()
    {
        using var samples = zeros(4, 2);
        using var one = new InstanceNoise(1, seed: 1);
        using var again = new InstanceNoise(1, seed: 1);
        using var other = new InstanceNoise(1, seed: 2);
        using var first = one.Apply(samples, 1);
        Assert.True(first.Equals(again.Apply(samples, 1)));
        Assert.False(first.Equals(other.Apply(samples, 1)));
        Assert.False(first.Equals(one.Apply(samples, 1)));
    }

    [Fact]
    public void A_negative_sigma_is_refused_and_nothing_is_left_behind()
    {
        Assert.Contains("linear(1, -1", Assert.Throws<ArgumentException>(() => new InstanceNoise(new LinearSchedule(1, -1, 3))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new InstanceNoise(double.PositiveInfinity));
        using var samples = zeros(4, 2);
        using var noise = new InstanceNoise(1);
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        using var result = noise.Apply(samples, 1);
        Assert.Equal(live + 1, Tensor.TotalCount);
    }
}
