using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Support;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

/// <summary>Whole trainings against PyTorch: weights, data and noise from the file that tests/peers/trajectories.py wrote.</summary>
public class TrajectoryTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("dcgan.safetensors"));

    /// <summary>The peers' trainings: one thread and no average.</summary>
    internal static TrainerOptions Plain { get; } = new() { Threads = 1, AverageDecay = null };

    [Fact]
    public void Float64_follows_PyTorch_for_30_steps_to_1e_8() => Follow(ScalarType.Float64, 30, 1e-8, CPU);

    [Fact]
    public void Float32_follows_PyTorch_for_5_steps_to_1e_3() => Follow(ScalarType.Float32, 5, 1e-3, CPU);

    [Fact]
    public void Wgan_gp_follows_PyTorch_for_30_steps_to_1e_8()
    {
        using var penalty = new WganGpPenalty(10, seed: 21);
        FollowWithPenalty(Reference["trajectory.wgan-gp"], new WassersteinLoss(), penalty);
    }

    [Fact]
    public void Relativistic_pairing_with_R1_and_R2_follows_PyTorch_for_30_steps_to_1e_8() =>
        FollowWithPenalty(Reference["trajectory.relativistic-r1-r2"], new RelativisticPairingLoss(), new R1Penalty(1), new R2Penalty(1));

    /// <summary>The reference comes from tests/peers/lazy_r1.py.</summary>
    [Fact]
    public void Lazy_R1_follows_PyTorch_for_30_steps_to_1e_8() =>
        FollowWithPenalty(new ReferenceTensors(Repository.Reference("lazy-r1.safetensors"))["trajectory.lazy-r1"], new NonSaturatingLoss(),
            new LazyPenalty(new R1Penalty(2), 4));

    private static void FollowWithPenalty(Tensor expected, IAdversarialLoss loss, params IDiscriminatorPenalty[] penalties)
    {
        using var g = Load(new DcganGenerator(28, 1, 4, 16), "g.").to(ScalarType.Float64);
        using var d = Load(
            nn.Sequential(nn.Conv2d(1, 4, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(4, 8, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(8, 1, 7),
                nn.Flatten(0)),
            "critic.").to(ScalarType.Float64);
        var replay = new Replay(ScalarType.Float64);
        using var trainer = new GanTrainer(g, d, new Game(loss, penalties), replay, Plain, replay);
        foreach (var step in trainer.Run(30))
        {
            var row = expected[step.Step - 1];
            double[] actual = [step.RealLoss, step.FakeLoss, step.Penalty, step.GeneratorLoss, Checksum(g), Checksum(d)];
            for (var i = 0; i < actual.Length; i++)
            {
                Assert.True(Math.Abs(row[i].item<double>() - actual[i]) <= 1e-8 * Math.Abs(row[i].item<double>()),
                    $"step {step.Step}, number {i}: expected {row[i].item<double>():R}, got {actual[i]:R}");
            }
        }
    }

    internal static void Follow(ScalarType dtype, int steps, double tolerance, Device device)
    {
        using var g = Load(new DcganGenerator(28, 1, 4, 16), "g.").to(device, dtype);
        using var d = Load(new DcganDiscriminator(28, 1, 4), "d.").to(device, dtype);
        var replay = new Replay(dtype);
        using var trainer = new GanTrainer(g, d, new Game(new NonSaturatingLoss()), replay, Plain, replay);
        var expected = Reference[dtype == ScalarType.Float64 ? "trajectory.float64" : "trajectory.float32"];
        foreach (var step in trainer.Run(steps))
        {
            var row = expected[step.Step - 1];
            Near(row[0].item<double>(), step.RealLoss, tolerance);
            Near(row[1].item<double>(), step.FakeLoss, tolerance);
            Near(row[2].item<double>(), step.GeneratorLoss, tolerance);
            Near(row[3].item<double>(), Checksum(g), tolerance);
            Near(row[4].item<double>(), Checksum(d), tolerance);
        }
    }

    internal static T Load<T>(T network, string prefix)
        where T : nn.Module
    {
        network.load_state_dict(Reference.Under(prefix));
        return network;
    }

    internal static double Checksum(nn.Module network) =>
        network.parameters().Sum(p => p.detach().abs().sum().to(ScalarType.Float64).item<double>());

    internal static void Near(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Abs(expected), $"expected {expected:R}, got {actual:R}");

    internal sealed class Replay(ScalarType dtype) : IBatchSource, ILatentSource
    {
        private int _noise;

        public int BatchSize => 8;

        public long BatchesPerEpoch => 30;

        public SamplerPosition Position { get; set; }

        public Batch Next()
        {
            var pixels = Reference["pixels"][Position.Batch % BatchesPerEpoch];
            Position = Position with { Batch = Position.Batch + 1 };
            return pixels.to(dtype) / 127.5 - 1;
        }

        public Tensor NextBatch(int count) => Reference["noise"][_noise++ % BatchesPerEpoch].clone();
    }
}
