using ResearchKit.Imaging;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Imaging;

public class GeneratorImagesTests
{
    [Fact]
    public void Pictures_depend_on_the_seed_and_on_nothing_else()
    {
        using var scope = NewDisposeScope();
        using var g = new DcganGenerator(28, 1, 4, 8); // in training mode, in which batch normalisation would mix a batch
        var running = g.state_dict().Where(s => s.Key.EndsWith("running_mean", StringComparison.Ordinal)).ToDictionary(s => s.Key, s => s.Value.clone());
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
    public void Points_are_refused_and_a_long_draw_can_be_stopped()
    {
        using var points = new MlpGenerator(2, 2);
        Assert.Contains("makes points of 2 numbers and not pictures", Assert.Throws<ArgumentException>(() => GeneratorImages.Draw(points, "p", 10, 0)).Message, StringComparison.Ordinal);
        using var g = new DcganGenerator(28, 1, 4, 8);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => GeneratorImages.Draw(g, "g", 10, 0, 5, (_, _) => stop.Cancel(), stop.Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => GeneratorImages.Draw(g, "g", 0, 0));
    }
}
