using ResearchKit.Diagnostics;
using ResearchKit.Imaging;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics;

public class GameSnapshotTests
{
    private static readonly PlotArea Area = new(-1, 1, 0, 4);

    [Fact]
    public void A_linear_discriminator_pulls_every_fake_along_its_weight()
    {
        using var generator = new MlpGenerator(2, 2);
        using var d = Plane(3, -4); // logit 3 x - 4 y
        using var z = randn(5, 2);
        var snapshot = GameSnapshot.Take(7, generator, d, new WassersteinLoss(), z, z, Area, resolution: 3);
        Assert.Equal(7, snapshot.Step);
        Assert.Equal(5, snapshot.Pulls.Count);
        Assert.All(snapshot.Pulls, p => Assert.Equal([3, -4], p, (a, b) => Math.Abs(a - b) < 1e-5)); // G minimises -logit
        Assert.Equal([-3, 0, 3], snapshot.Logits[0], (a, b) => Math.Abs(a - b) < 1e-5); // the bottom row, y = 0
        Assert.Equal([-19, -16, -13], snapshot.Logits[2], (a, b) => Math.Abs(a - b) < 1e-5); // the top row, y = 4

        var saturating = GameSnapshot.Take(7, generator, d, new MinimaxLoss(), z, z, Area, resolution: 3);
        foreach (var (fake, pull) in saturating.Fakes.Zip(saturating.Pulls))
        {
            var probability = 1 / (1 + Math.Exp(-(3 * fake[0] - 4 * fake[1])));
            Assert.Equal(3 * probability, pull[0], 1e-4); // d softplus(l) / dl = sigmoid(l)
        }
    }

    [Fact]
    public void Looking_changes_nothing()
    {
        RandomState.Seed(1);
        using var generator = new MlpGenerator(2, 2, new MlpOptions { Widths = [8], Normalization = MlpNormalization.Batch });
        using var d = new MlpDiscriminator(2);
        using var z = randn(6, 2);
        using var real = randn(6, 2);
        generator.train();
        var before = generator.state_dict().ToDictionary(s => s.Key, s => s.Value.clone());
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        GameSnapshot.Take(1, generator, d, new RelativisticPairingLoss(), real, z, Area, resolution: 2);
        Assert.Equal(live, Tensor.TotalCount);
        Assert.All(before, s => Assert.True(generator.state_dict()[s.Key].allclose(s.Value, 0, 0)));
        Assert.All(generator.parameters().Concat(d.parameters()),
            p => Assert.True(p.grad is null || p.grad.abs().max().item<float>() == 0));
        Assert.True(generator.training && d.training);
    }

    [Fact]
    public void Mixed_modes_come_back_mixed()
    {
        using var generator = new MlpGenerator(2, 2, new MlpOptions { Widths = [8], Normalization = MlpNormalization.Batch });
        using var d = new MlpDiscriminator(2);
        using var z = randn(6, 2);
        var frozen = generator.modules().OfType<TorchSharp.Modules.BatchNorm1d>().Single();
        generator.train();
        frozen.eval();
        d.eval();
        GameSnapshot.Take(1, generator, d, new HingeLoss(), z, z, Area, resolution: 2);
        Assert.True(generator.training);
        Assert.False(frozen.training);
        Assert.False(d.training);
    }

    [Fact]
    public void Points_of_another_space_are_refused()
    {
        using var generator = new MlpGenerator(2, 3);
        using var d = new MlpDiscriminator(3);
        using var z = randn(6, 2);
        Assert.Contains("(B, 2)", Assert.Throws<ArgumentException>(() => GameSnapshot.Take(1, generator, d, new HingeLoss(), z, z,
            Area)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_that_does_not_fit_is_refused_before_it_reaches_native_code()
    {
        using var generator = new MlpGenerator(2, 2);
        using var d = new MlpDiscriminator(2);
        using var z = randn(6, 2);
        using var few = randn(1, 2);
        using var deep = randn(6, 3);
        string Refusal(Tensor real, Tensor latents) =>
            Assert.Throws<ArgumentException>(() => GameSnapshot.Take(1, generator, d, new RelativisticPairingLoss(), real, latents,
                Area)).Message;
        Assert.Contains("as many real points as latent vectors", Refusal(few, z), StringComparison.Ordinal);
        Assert.Contains("real points of shape (B, 2)", Refusal(deep, z), StringComparison.Ordinal);
        Assert.Contains("latent vectors of shape (B, 2)", Refusal(z, deep), StringComparison.Ordinal);
        using var none = zeros(0, 2);
        Assert.Throws<ArgumentException>(() => PlotArea.Around(none));
    }

    [Fact]
    public void An_area_around_points_holds_them()
    {
        using var points = tensor(new[] { 0f, -1, 2, 3, 1, 0 }, [3, 2]);
        var area = PlotArea.Around(points);
        Assert.Equal((-0.2, 2.2), (Math.Round(area.Left, 6), Math.Round(area.Right, 6)));
        Assert.Equal((-1.4, 3.4), (Math.Round(area.Bottom, 6), Math.Round(area.Top, 6)));
        Assert.Equal([-2, 0, 2], PlotArea.Square(2).Xs(3));
    }

    private static MlpDiscriminator Plane(float x, float y)
    {
        var d = new MlpDiscriminator(2, new MlpOptions { Widths = [] });
        using var noGrad = no_grad();
        var parameters = d.parameters().ToArray(); // weight, bias
        using var wanted = tensor(new[] { x, y }, [1, 2]);
        parameters[0].copy_(wanted);
        parameters[1].zero_();
        return d;
    }
}
