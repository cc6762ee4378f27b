using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Runtime;
using ResearchKit.State;
using ResearchKit.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Losses.Penalties;

/// <summary>Over several steps, against what tests/peers/augmentation.py wrote.</summary>
public class LeCamPenaltyTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("augmentation.safetensors"));

    [Theory]
    [InlineData(ScalarType.Float64, 1e-12)]
    [InlineData(ScalarType.Float32, 1e-6)]
    public void Equals_PyTorch_over_8_steps_in_value_and_gradient(ScalarType dtype, double tolerance)
    {
        using var penalty = new LeCamPenalty(0.3, decay: 0.9, start: 3);
        using var weights = nn.Parameter(zeros(2, 5, dtype: dtype)); // what D adds to its input, for real and for fake
        for (var step = 1; step <= 8; step++)
        {
            Assert.Equal(step >= 3, penalty.IsDue(step));
            if (!penalty.IsDue(step))
            {
                continue;
            }

            using var scope = NewDisposeScope();
            using var d = new Adder(weights);
            weights.grad?.zero_();
            var logits = Reference["lecam.logits"][step - 1].to(dtype); // (2, 5)
            var value = penalty.On(d, logits[0], logits[1], step);
            value.backward();
            var expected = Reference["lecam.values"][step - 1].item<double>();
            Assert.Equal(expected, value.to(ScalarType.Float64).item<double>(), tolerance * Math.Max(1, expected));
            Assert.True(weights.grad!.to(ScalarType.Float64).allclose(Reference["lecam.gradient"][step - 1], tolerance, tolerance),
                $"step {step}");
        }
    }

    [Fact]
    public void Refuses_relativistic_losses_only()
    {
        using var penalty = new LeCamPenalty(0.3);
        IAdversarialLoss[] fit = [new MinimaxLoss(), new NonSaturatingLoss(), new HingeLoss(), new LeastSquaresLoss(),
            new WassersteinLoss()];
        Assert.All(fit, loss => Assert.Null(penalty.Refuses(loss)));
        Assert.Contains("RelativisticPairingLoss", penalty.Refuses(new RelativisticPairingLoss()), StringComparison.Ordinal);
        Assert.Contains("RelativisticAverageLoss", penalty.Refuses(new RelativisticAverageLoss()), StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeCamPenalty(1, decay: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeCamPenalty(1, decay: -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeCamPenalty(1, start: 0));
    }

    [Fact]
    public void Keeps_its_averages_beyond_the_step_and_gives_them_back_when_disposed()
    {
        using var logits = randn(4);
        using var identity = nn.Identity();
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        using (var penalty = new LeCamPenalty(0.3))
        {
            for (var step = 1; step <= 5; step++)
            {
                using var value = penalty.On(identity, logits, logits, step);
                Assert.Equal(live + 2, Tensor.TotalCount); // the value and the averages
            }
        }

        Assert.Equal(live, Tensor.TotalCount);
    }

    /// <summary>A state comes from its file on the CPU. The meta device stands for a GPU: it computes nothing, and refuses tensors of
    /// another device as a GPU does.</summary>
    [Fact]
    public void Averages_of_a_resumed_training_go_to_the_logits_device()
    {
        using var identity = nn.Identity();
        using var state = new StateStore();
        using (var before = new LeCamPenalty(0.3))
        {
            using var logits = randn(4);
            using var value = before.On(identity, logits, logits);
            before.Save(state);
        }

        using var resumed = new LeCamPenalty(0.3);
        resumed.Load(state);
        using var there = empty(4, device: META);
        using var first = resumed.On(identity, there, there);
        using var second = resumed.On(identity, there, there, step: 2);
        Assert.Equal(DeviceType.META, second.device.type);
    }

    private sealed class Adder(Tensor weights) : nn.Module<Tensor, Tensor>("adder")
    {
        private int _calls;

        public override Tensor forward(Tensor input) => input + weights[_calls++]; // real first, then fake
    }
}
