using ResearchKit.Diagnostics;
using ResearchKit.Models;
using ResearchKit.Training;
using TorchSharp;

namespace ResearchKit.Tests.Diagnostics;

public class GeneratorLatencyTests
{
    [Fact]
    public void Times_calls_and_leaves_the_generator_as_it_was()
    {
        using var g = new DcganGenerator(28, 1, features: 2, latentSize: 4);
        g.train();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var one = GeneratorLatency.Of(g, 1, seconds: 0.05, threads: 1);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.True(g.training);
        Assert.Equal([1, 28, 28], one.SampleShape);
        Assert.InRange(one.Median, 1e-6, one.NinetiethPercentile);
        Assert.True(one.Calls >= GeneratorLatency.CallsForNinetyNine == one.NinetyNinthPercentile is not null);
        Assert.Equal(1000 * 3 / 2.5, new GeneratorLatency(3, 5, 2.5, 3, null, [2]).SamplesPerSecond);
    }

    [Fact]
    public void Few_calls_give_no_p99()
    {
        using var g = new SlowGenerator(milliseconds: 3);
        var few = GeneratorLatency.Of(g, 2, seconds: 0.01);
        Assert.Equal((null, true), (few.NinetyNinthPercentile, few.Calls is >= 5 and < 100));
        Assert.InRange(few.Median, 3, 1000); // sleeping counts
        using var slower = new SlowGenerator(milliseconds: 15); // 67 calls in a second
        var many = GeneratorLatency.Of(slower, 2, seconds: 1);
        Assert.Equal((100, true), (many.Calls, many.NinetyNinthPercentile is not null)); // it goes on until there are enough
        Assert.Throws<ArgumentOutOfRangeException>(() => GeneratorLatency.Of(g, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => GeneratorLatency.Of(g, 1, seconds: 0));
        Assert.Throws<OperationCanceledException>(() => GeneratorLatency.Of(g, 1, cancellation: new CancellationToken(true)));
    }

    [Fact]
    public void The_precision_is_that_of_the_calls()
    {
        using var g = new SlowGenerator(milliseconds: 0);
        GeneratorLatency.Of(g, 1, seconds: 0.01, precision: Precision.BFloat16);
        Assert.Equal(torch.ScalarType.BFloat16, g.Last);
        GeneratorLatency.Of(g, 1, seconds: 0.01);
        Assert.Equal(torch.ScalarType.Float32, g.Last);
    }

    [Theory]
    [InlineData(0.5, 3)]
    [InlineData(0.6, 3)]
    [InlineData(0.61, 4)]
    [InlineData(0.9, 5)]
    [InlineData(0.99, 5)]
    public void A_percentile_is_the_nearest_rank(double share, double expected) =>
        Assert.Equal(expected, GeneratorLatency.Rank([1, 2, 3, 4, 5], share));

    private sealed class SlowGenerator : LatentGenerator
    {
        private readonly TorchSharp.Modules.Linear linear = torch.nn.Linear(2, 2);
        private readonly int _milliseconds;

        public SlowGenerator(int milliseconds)
            : base(nameof(SlowGenerator), 2)
        {
            _milliseconds = milliseconds;
            RegisterComponents();
        }

        public torch.ScalarType Last { get; private set; }

        public override torch.Tensor forward(torch.Tensor input)
        {
            Thread.Sleep(_milliseconds);
            var y = linear.call(input);
            Last = y.dtype;
            return y;
        }
    }
}
