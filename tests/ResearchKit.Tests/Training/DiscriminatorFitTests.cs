using ResearchKit.Data.Toy;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

public class DiscriminatorFitTests
{
    private static readonly TrainerOptions Options = new() { DiscriminatorLearningRate = 1e-2, Beta1 = 0.5, Threads = 1 };

    [Fact]
    public void A_float64_network_is_fitted_in_float64()
    {
        using var points = new UniformDensity(0, 1).Sample(32, 0);
        using var d = Network();
        d.to(ScalarType.Float64);
        using var data = new PointBatches(points, 16, seed: 2);
        using var fit = new DiscriminatorFit(d, new Game(new NonSaturatingLoss()), data, data, Options);
        fit.Run(2);
        Assert.Equal(2, fit.StepsDone);
        Assert.All(d.parameters(), p => Assert.Equal(ScalarType.Float64, p.dtype));
    }

    [Fact]
    public void Steps_are_those_of_a_loop_by_hand_with_PyTorchs_Adam()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (new UniformDensity(0, 1).Sample(64, 0), new UniformDensity(2, 3).Sample(64, 1));
        PointBatches Batches(Tensor points) => new(points, 16, seed: 2);
        using var fitted = Network();
        using (var fit = new DiscriminatorFit(fitted, new Game(new NonSaturatingLoss(), [new R1Penalty(1)]), Batches(real),
            Batches(fake), Options))
        {
            fit.Run(3);
            fit.Run(4);
            Assert.Equal(7, fit.StepsDone);
        }

        using var byHand = Network();
        var adam = optim.Adam(byHand.parameters(), 1e-2, 0.5, 0.999);
        var (x, y) = (Batches(real), Batches(fake));
        for (var i = 0; i < 7; i++)
        {
            var pass = DiscriminatorPass.Run(byHand, x.NextBatch(), y.NextBatch(), SlopeSites.Real);
            var loss = new NonSaturatingLoss().Discriminator(pass.RealLogits, pass.FakeLogits).Sum() + new R1Penalty(1).Compute(pass);
            adam.zero_grad();
            loss.backward();
            adam.step();
        }

        foreach (var (a, b) in fitted.parameters().Zip(byHand.parameters()))
        {
            Assert.True(a.allclose(b, 1e-4, 1e-5));
        }
    }

    [Fact]
    public void Weights_stay_within_the_clip_and_a_penalty_holds_the_slope()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (new UniformDensity(0, 1).Sample(512, 0), new UniformDensity(2, 3).Sample(512, 1));
        PointBatches Batches(Tensor points) => new(points, 64, seed: 2);
        using var clipped = Network();
        using (var fit = new DiscriminatorFit(clipped, new Game(new WassersteinLoss()), Batches(real), Batches(fake),
            Options with { Optimizer = OptimizerKind.RmsProp, WeightClip = 0.05 }))
        {
            fit.Run(20);
        }

        Assert.All(clipped.parameters(), p => Assert.InRange(p.abs().max().item<float>(), 0, 0.05f));
        using var penalised = Network();
        using var penalty = new WganGpPenalty(10);
        using (var fit = new DiscriminatorFit(penalised, new Game(new WassersteinLoss(), [penalty]), Batches(real), Batches(fake),
            Options))
        {
            fit.Run(300);
        }

        var estimate = (penalised.call(real).mean() - penalised.call(fake).mean()).item<float>();
        Assert.InRange(estimate, 2 * 0.95, 2 * 1.2); // W1 is 2; at the penalised optimum the slope is 1 + 2/20
    }

    [Fact]
    public void No_native_memory_is_left_behind()
    {
        using var points = randn(64, 2);
        using var network = new MlpDiscriminator(2, new MlpOptions { Widths = [4] });
        using var real = new PointBatches(points, 8, 0);
        using var fake = new PointBatches(points, 8, 1);
        using var penalty = new WganGpPenalty();
        using var fit = new DiscriminatorFit(network, new Game(new WassersteinLoss(), [penalty]), real, fake, Options);
        fit.Run(5);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        fit.Run(20);
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void What_cannot_be_fitted_is_refused()
    {
        using var points = randn(64, 2);
        using var network = new MlpDiscriminator(2, new MlpOptions { Widths = [4], Normalization = MlpNormalization.Batch });
        using var real = new PointBatches(points, 8, 0);
        using var fake = new PointBatches(points, 16, 1);
        var (plain, slopes) = (new Game(new WassersteinLoss()), new Game(new WassersteinLoss(), [new R1Penalty(1)]));
        Assert.Contains("one size", Refusal(plain, fake, Options), StringComparison.Ordinal);
        Assert.Contains("batch normalisation", Refusal(slopes, real, Options), StringComparison.Ordinal);
        Assert.Contains("weightClip is -1", Refusal(plain, real, Options with { WeightClip = -1 }), StringComparison.Ordinal);

        string Refusal(Game game, PointBatches other, TrainerOptions options) =>
            Assert.Throws<ArgumentException>(() => new DiscriminatorFit(network, game, real, other, options)).Message;
    }

    [Fact]
    public void A_fit_that_diverges_stops_and_says_so()
    {
        using var points = full([16, 2], float.NaN);
        using var network = new MlpDiscriminator(2, new MlpOptions { Widths = [4] });
        using var real = new PointBatches(points, 8, 0);
        using var fit = new DiscriminatorFit(network, new Game(new WassersteinLoss()), real, real, Options);
        Assert.Contains("step 1", Assert.Throws<TrainingDivergedException>(() => fit.Run(3)).Message, StringComparison.Ordinal);
    }

    private static MlpDiscriminator Network()
    {
        RandomState.Seed(3);
        return new MlpDiscriminator(1, new MlpOptions { Widths = [16, 16], Activation = MlpActivation.Tanh });
    }
}
