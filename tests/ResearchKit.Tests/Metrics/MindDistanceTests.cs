using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics;

public class MindDistanceTests
{
    private readonly Tensor _x = randn(300, 40, dtype: ScalarType.Float64, generator: new Generator(1));

    [Fact]
    public void A_shift_costs_its_square_times_3_D()
    {
        Assert.Equal(0, MindDistance.Of(_x, _x));
        using var shifted = _x + 0.5;
        Assert.Equal(3 * 40 * 0.25, MindDistance.Of(shifted, _x), 3.0); // 1,000 directions: sd 1.3
        Assert.Equal(MindDistance.Of(shifted, _x), MindDistance.Of(_x, shifted), 1e-9);
    }

    [Fact]
    public void In_one_dimension_it_is_the_distance_of_the_sorted_values()
    {
        using var a = tensor(new[] { 3.0, 1, 2 }, [3, 1]);
        using var b = tensor(new[] { 2.0, 6, 4 }, [3, 1]);
        Assert.Equal(3 * (1 + 4 + 9) / 3.0, MindDistance.Of(a, b, directions: 2), 1e-6); // directions are +-1
    }

    [Fact]
    public void The_larger_set_is_thinned_by_the_seed()
    {
        using var few = _x.slice(0, 0, 100, 1);
        var value = MindDistance.Of(few, _x, directions: 10, seed: 1);
        Assert.Equal(value, MindDistance.Of(few, _x, directions: 10, seed: 1));
        Assert.NotEqual(value, MindDistance.Of(few, _x, directions: 10, seed: 2));
        Assert.True(value > 0);
    }

    [Fact]
    public void Blocks_of_directions_are_all_counted_and_stop_when_asked()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (randn(50_000, 2), randn(50_000, 2)); // 80 directions a block
        var steps = new List<long>();
        Assert.InRange(MindDistance.Of(x, y, directions: 200, progress: (done, _) => steps.Add(done)), 0, 0.01);
        Assert.Equal([80, 160, 200], steps);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => MindDistance.Of(x, y, cancellation: stop.Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => MindDistance.Of(x, y, directions: 0));
    }
}
