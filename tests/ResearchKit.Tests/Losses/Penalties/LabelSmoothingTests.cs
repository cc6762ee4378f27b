using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Schedules;
using ResearchKit.Support;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace ResearchKit.Tests.Losses.Penalties;

public class LabelSmoothingTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void The_loss_with_it_is_the_cross_entropy_with_soft_targets_in_value_and_gradient(double epsilon)
    {
        using var logits = tensor(new[] { -30, -3, -0.5, 0, 1.5, 40 }).requires_grad_(); // (6), each one sample's logit
        using var fake = zeros(6, dtype: ScalarType.Float64);
        using var identity = nn.Identity();
        var smoothed = new NonSaturatingLoss().Discriminator(logits, fake).Real + new LabelSmoothing(epsilon).On(identity, logits, fake);
        var expected = binary_cross_entropy_with_logits(logits, full_like(logits, 1 - epsilon));
        Assert.Equal(expected.item<double>(), smoothed.item<double>(), 1e-12);

        using var target = nn.Parameter(logits.detach().clone()); // a D whose logits are its weights
        using var lookup = new Shift(target);
        using var still = zeros(6, dtype: ScalarType.Float64);
        (new NonSaturatingLoss().Discriminator(target + still, fake).Real + new LabelSmoothing(epsilon)
            .On(lookup, still, still)).backward();
        using var closed = (target.detach().sigmoid() - (1 - epsilon)) / 6; // minimum where D(x) = 1 - epsilon
        Assert.True(target.grad!.allclose(closed, 1e-12, 1e-12));
    }

    [Fact]
    public void Follows_its_schedule()
    {
        using var identity = nn.Identity();
        using var real = full([4], 3.0, ScalarType.Float64);
        var smoothing = new LabelSmoothing(new LinearSchedule(0.2, 0, 2));
        Assert.Equal(0.6, smoothing.On(identity, real, real, 1).item<double>(), 1e-12);
        Assert.Equal(0.3, smoothing.On(identity, real, real, 2).item<double>(), 1e-12);
        Assert.False(smoothing.IsDue(3));
    }

    [Fact]
    public void Refuses_losses_without_a_cross_entropy()
    {
        var smoothing = new LabelSmoothing(0.1);
        Assert.Null(smoothing.Refuses(new NonSaturatingLoss()));
        Assert.Null(smoothing.Refuses(new MinimaxLoss()));
        IAdversarialLoss[] others = [new HingeLoss(), new LeastSquaresLoss(), new WassersteinLoss(), new RelativisticPairingLoss(),
            new RelativisticAverageLoss()];
        Assert.All(others, loss => Assert.Contains(loss.GetType().Name, smoothing.Refuses(loss), StringComparison.Ordinal));
    }

    private sealed class Shift(Tensor weights) : nn.Module<Tensor, Tensor>("shift")
    {
        public override Tensor forward(Tensor input) => input + weights;
    }
}
