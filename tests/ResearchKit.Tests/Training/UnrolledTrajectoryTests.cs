using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Support;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

/// <summary>Unrolled GAN against PyTorch's autograd through all of D's steps; the file is tests/peers/unrolled.py's.</summary>
public class UnrolledTrajectoryTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("unrolled.safetensors"));

    [Theory]
    [InlineData(OptimizerKind.Adam, "adam")]
    [InlineData(OptimizerKind.GradientDescent, "descent")]
    public void Three_steps_ahead_follow_PyTorch_for_30_steps_to_1e_8(OptimizerKind rule, string name)
    {
        using var g = new MlpGenerator(3, 2, new MlpOptions { Widths = [12, 12] });
        using var d = new MlpDiscriminator(2, new MlpOptions { Widths = [12, 12], Activation = MlpActivation.Tanh });
        foreach (var (network, prefix) in new (nn.Module, string)[] { (g, "g."), (d, "d.") })
        {
            network.to(ScalarType.Float64);
            network.load_state_dict(Reference.Under(prefix));
        }

        var replay = new Replay();
        var options = TrajectoryTests.Plain with { UnrolledSteps = 3, Optimizer = rule, GeneratorLearningRate = 5e-3,
            DiscriminatorLearningRate = 5e-3, Beta2 = 0.9 };
        using var trainer = new GanTrainer(g, d, new Game(new NonSaturatingLoss()), replay, options, replay);
        foreach (var step in trainer.Run(30))
        {
            var expected = Reference["trajectory." + name][step.Step - 1].data<double>().ToArray();
            Assert.Equal(expected, [step.DiscriminatorLoss, step.GeneratorLoss, Size(g), Size(d)],
                (a, b) => Math.Abs(a - b) <= 1e-8 * Math.Abs(a));
        }
    }

    [Fact]
    public void Ds_weights_and_statistics_are_put_back()
    {
        using var gan = new TinyGan(new TrainerOptions { Threads = 1, UnrolledSteps = 2 });
        using var reference = new TinyGan(new TrainerOptions { Threads = 1 });
        var (looked, plain) = (gan.Trainer.Run(1).Single(), reference.Trainer.Run(1).Single());
        Assert.Equal(plain.DiscriminatorLoss, looked.DiscriminatorLoss);
        Assert.NotEqual(plain.GeneratorLoss, looked.GeneratorLoss);
        foreach (var (expected, actual) in reference.Discriminator.parameters().Zip(gan.Discriminator.parameters()))
        {
            Assert.True(expected.eq(actual).all().item<bool>());
        }
    }

    [Fact]
    public void Leaves_no_tensors_behind()
    {
        using var gan = new TinyGan(new TrainerOptions { Threads = 1, UnrolledSteps = 2 });
        _ = gan.Trainer.Run(2).ToList();
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        _ = gan.Trainer.Run(10).ToList();
        NativeMemory.Trim();
        Assert.Equal(live, Tensor.TotalCount);
    }

    private static double Size(nn.Module network) => network.parameters().Sum(p => p.detach().abs().sum().item<double>());

    private sealed class Replay : IBatchSource, ILatentSource
    {
        private int _noise;

        public int BatchSize => 16;

        public long BatchesPerEpoch => 30;

        public SamplerPosition Position { get; set; }

        public Batch Next()
        {
            Position = Position with { Batch = Position.Batch + 1 };
            return Reference["reals"][Position.Batch - 1].clone();
        }

        public Tensor NextBatch(int count) => Reference["noise"][_noise++].clone();
    }
}
