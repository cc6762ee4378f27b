using ResearchKit.Data;
using ResearchKit.Imaging;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Imaging;

public class GeneratorImagesTests
{
    [Fact]
    public void Images_depend_on_the_seed_and_on_nothing_else()
    {
        using var scope = NewDisposeScope();
        using var g = new DcganGenerator(28, 1, 4, 8); // in training mode, in which batch normalisation would mix a batch
        var running = g.state_dict().Where(s => s.Key.EndsWith("running_mean", StringComparison.Ordinal))
            .ToDictionary(s => s.Key, s => s.Value.clone());
        var steps = new List<(int, int)>();
        using var a = GeneratorImages.Draw(g, "a", 50, seed: 3, batchSize: 20, (done, total) => steps.Add((done, total)));
        using var b = GeneratorImages.Draw(g, "b", 50, seed: 3, batchSize: 20);
        using var c = GeneratorImages.Draw(g, "c", 50, seed: 4, batchSize: 20);
        using var whole = GeneratorImages.Draw(g, "d", 50, seed: 3, batchSize: 64);
        Assert.Equal([(20, 50), (40, 50), (50, 50)], steps);
        Assert.Equal([50, 1, 28, 28], a.Images.shape);
        Assert.True(a.Images.eq(b.Images).all().item<bool>());
        Assert.False(a.Images.eq(c.Images).all().item<bool>());
        Assert.InRange((a.Images.to(ScalarType.Int32) - whole.Images.to(ScalarType.Int32)).abs().max().item<int>(), 0, 1);
        Assert.True(g.training);
        Assert.All(running, r => Assert.True(g.state_dict()[r.Key].eq(r.Value).all().item<bool>()));

        using var noGrad = no_grad();
        g.eval();
        var expected = PixelValues.ToBytes(g.call(NormalLatents.Draw(50, 8, seed: 3)));
        Assert.InRange((whole.Images.to(ScalarType.Int32) - expected.to(ScalarType.Int32)).abs().max().item<int>(), 0, 1);
    }

    [Fact]
    public void A_walk_begins_at_the_first_stop_and_leaves_no_tensor_behind()
    {
        using var g = new DcganGenerator(28, 1, 4, 8);
        using var first = GeneratorImages.Draw(g, "first", 5, seed: 3); // of the stops' z the first five
        var before = Tensor.TotalCount;
        var frames = 0;
        foreach (var frame in GeneratorImages.Walk(g, "g", 5, seed: 3, stops: 3, steps: 4))
        {
            Assert.Equal([5, 1, 28, 28], frame.shape);
            if (frames++ == 0)
            {
                using var scope = NewDisposeScope(); // what the comparison makes is not the walk's
                var difference = (frame.to(ScalarType.Int32) - first.Images.to(ScalarType.Int32)).abs();
                Assert.InRange(difference.max().item<int>(), 0, 1);
            }
        }

        Assert.Equal(12, frames);
        Assert.True(g.training);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(Tensor.TotalCount, 0, before);
        using var points = new MlpGenerator(2, 2);
        Assert.Contains("and not images", Assert.Throws<ArgumentException>(() => GeneratorImages.Walk(points, "p", 2, 0).Count()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Points_are_refused_and_a_long_draw_can_be_stopped()
    {
        using var points = new MlpGenerator(2, 2);
        Assert.Contains("makes points of 2 numbers and not images",
            Assert.Throws<ArgumentException>(() => GeneratorImages.Draw(points, "p", 10, 0)).Message, StringComparison.Ordinal);
        using var g = new DcganGenerator(28, 1, 4, 8);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => GeneratorImages.Draw(g, "g", 10, 0, 5,
            (_, _) => stop.Cancel(), cancellation: stop.Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => GeneratorImages.Draw(g, "g", 0, 0));
    }
}
