using ResearchKit.Diagnostics;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics;

public class DiscriminatorSlopeTests
{
    [Fact]
    public void A_linear_critic_is_as_steep_as_its_weight_everywhere()
    {
        using var critic = Linear();
        using var x = randn(5, 2);
        using var y = randn(5, 2);
        Assert.All(DiscriminatorSlope.At(critic, x), s => Assert.Equal(5, s, 1e-5));
        Assert.All(DiscriminatorSlope.Between(critic, x, y, seed: 0), s => Assert.Equal(5, s, 1e-5));
    }

    [Fact]
    public void Points_between_lie_on_their_own_pairs_line()
    {
        using var critic = new Square();
        using var real = tensor(new[,] { { 10f, 0f }, { 0f, 1000f } });
        using var fake = tensor(new[,] { { 20f, 0f }, { 0f, 2000f } });
        var slopes = DiscriminatorSlope.Between(critic, real, fake, seed: 3);
        Assert.InRange(slopes[0], 20, 40); // 2 |x|
        Assert.InRange(slopes[1], 2000, 4000);
        Assert.Equal(slopes, DiscriminatorSlope.Between(critic, real, fake, seed: 3));
        Assert.NotEqual(slopes, DiscriminatorSlope.Between(critic, real, fake, seed: 4));
    }

    [Fact]
    public void The_network_keeps_its_mode_and_its_gradients()
    {
        using var critic = new MlpDiscriminator(2, new MlpOptions { Widths = [4], Normalization = MlpNormalization.Batch });
        critic.train();
        using (no_grad())
        {
            using var x = randn(6, 2);
            _ = DiscriminatorSlope.At(critic, x);
        }

        Assert.True(critic.modules().All(m => m.training));
        Assert.All(critic.parameters(), p => Assert.True(p.grad is null || p.grad.IsInvalid));
    }

    [Fact]
    public void Bad_samples_are_refused()
    {
        using var critic = Linear();
        using var none = zeros(0, 2);
        using var three = zeros(3, 2);
        using var four = zeros(4, 2);
        Assert.Throws<ArgumentException>(() => DiscriminatorSlope.At(critic, none));
        Assert.Throws<ArgumentException>(() => DiscriminatorSlope.Between(critic, three, four, seed: 0));
    }

    private static MlpDiscriminator Linear()
    {
        var critic = new MlpDiscriminator(2, new MlpOptions { Widths = [] });
        using var noGrad = no_grad();
        critic.parameters().First().copy_(tensor(new[,] { { 3f, 4f } }));
        return critic;
    }

    private sealed class Square() : nn.Module<Tensor, Tensor>(nameof(Square))
    {
        public override Tensor forward(Tensor input) => input.square().sum(1);
    }
}
