using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using ResearchKit.State;
using ResearchKit.Support;
using ResearchKit.Tests.Models;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

/// <summary>Whole trainings of StyleGAN2 against PyTorch (tests/peers/stylegan2.py): R1 and the path length in steps of their own, classes,
/// the average, the mean style.</summary>
public class StyleGan2TrajectoryTests
{
    private static readonly ReferenceTensors Reference = new(Repository.Reference("stylegan2.safetensors"));

    [Fact]
    public void With_classes_and_path_length_follows_PyTorch_for_10_steps_to_1e_8()
    {
        using var path = new PathLengthPenalty(seed: 3, every: 2);
        Follow("g-classes", "d-classes", Reference["trajectory.path"], path);
    }

    [Fact]
    public void Without_shortcuts_in_D_follows_PyTorch_for_10_steps_to_1e_8() =>
        Follow("g", "orig", Reference["trajectory.plain"], null);

    [Fact]
    public void Keeps_the_number_of_live_tensors()
    {
        using var small = new Small();
        _ = small.Trainer.Run(8).Count();
        NativeMemory.Trim();
        var before = (DisposeScopeManager.Statistics.ThreadTotalLiveCount, Tensor.TotalCount);
        Assert.All(small.Trainer.Run(20).ToList(), step => Assert.True(double.IsFinite(step.GeneratorLoss)));
        NativeMemory.Trim();
        Assert.Equal(before, (DisposeScopeManager.Statistics.ThreadTotalLiveCount, Tensor.TotalCount));
    }

    /// <summary>Fresh noise, mixed styles, the mean of w and that of the path lengths go on too.</summary>
    [Fact]
    public void Goes_on_from_a_state_to_the_bit()
    {
        var straight = Numbers(leave: false);
        Assert.Equal(straight, Numbers(leave: true));
        Assert.All(straight, v => Assert.True(float.IsFinite(v)));

        static float[] Numbers(bool leave)
        {
            using var scope = NewDisposeScope();
            using var small = new Small();
            _ = small.Trainer.Run(4).Count();
            if (leave)
            {
                using var state = new StateStore();
                small.Trainer.Save(state);
                _ = small.Trainer.Run(3).Count(); // undone
                small.Trainer.Load(state);
            }

            _ = small.Trainer.Run(4).Count();
            return [.. small.Generator.state_dict().Values.SelectMany(v => v.Floats())];
        }
    }

    private static void Follow(string generator, string discriminator, Tensor expected, PathLengthPenalty? path)
    {
        using var loaded = (StyleGan2Generator)StyleGan2Tests.Load(generator, ScalarType.Float64);
        using var g = new StyleGan2Generator(16, 3, 8, 6, 3, mixing: 0, loaded.Labels) { Noise = NoiseSource.Constant };
        g.to(ScalarType.Float64).load_state_dict(loaded.state_dict());
        using var d = (StyleGan2Discriminator)StyleGan2Tests.Load(discriminator, ScalarType.Float64);
        var replay = new Replay(g.Classes);
        var game = new Game(new NonSaturatingLoss(), [new LazyPenalty(new R1Penalty(0.1), 4, ownStep: true)], null,
            path is null ? null : [path]);
        var options = new TrainerOptions
        {
            Threads = 1, GeneratorLearningRate = 0.0025, DiscriminatorLearningRate = 0.0025, Beta1 = 0, Beta2 = 0.99, GeneratorBatches = 1,
            AverageDecay = null, AverageHalfLife = 20, AverageRampUp = 0.5,
        };
        using var trainer = new GanTrainer(g, d, game, replay, options, replay);
        var steps = 0;
        foreach (var step in trainer.Run(10))
        {
            var row = expected[step.Step - 1];
            double[] actual = [step.RealLoss, step.FakeLoss, step.Penalty, step.GeneratorLoss, TrajectoryTests.Checksum(g),
                TrajectoryTests.Checksum(d), Averaged(), path?.Mean ?? 0, g.MeanStyle.abs().sum().item<double>()];
            for (var i = 0; i < actual.Length; i++)
            {
                Assert.True(Math.Abs(row[i].item<double>() - actual[i]) <= 1e-8 * Math.Abs(row[i].item<double>()),
                    $"step {step.Step}, number {i}: expected {row[i].item<double>():R}, got {actual[i]:R}");
            }

            steps++;
        }

        Assert.Equal(10, steps);

        double Averaged()
        {
            using var average = trainer.UseAverage();
            return TrajectoryTests.Checksum(g);
        }
    }

    /// <summary>A training of all that the family has, on random images of three classes.</summary>
    private sealed class Small : Owner
    {
        public Small()
        {
            RandomState.Seed(8);
            var set = Own(new ImageSet("random", randint(0, 256, [16, 1, 16, 16], ScalarType.Byte), arange(16) % 3, ["a", "b", "c"]));
            Generator = Own(new StyleGan2Generator(16, 1, 4, 6, classes: set.Classes));
            var d = Own(new StyleGan2Discriminator(16, 1, 4, classes: 3));
            using (no_grad())
            {
                foreach (var (_, strength) in Generator.named_parameters().Where(p => p.parameter.dim() == 0))
                {
                    strength.fill_(0.1);
                }
            }

            var game = new Game(new NonSaturatingLoss(), [new LazyPenalty(new R1Penalty(0.1), 4, ownStep: true)], null,
                [Own(new PathLengthPenalty(every: 2))]);
            Trainer = Own(new GanTrainer(Generator, d, game, Own(new ImageBatches(set, 8, seed: 4)),
                new TrainerOptions { Threads = 1, Beta1 = 0, Beta2 = 0.99, GeneratorBatches = 1, AverageHalfLife = 100 }));
        }

        public StyleGan2Generator Generator { get; }

        public GanTrainer Trainer { get; }
    }

    private sealed class Replay(int classes) : IBatchSource, ILatentSource
    {
        private int _noise;

        public int BatchSize => 8;

        public long BatchesPerEpoch => 10;

        public int Classes => classes;

        public SamplerPosition Position { get; set; }

        public Batch Next()
        {
            var at = Position.Batch % BatchesPerEpoch;
            Position = Position with { Batch = Position.Batch + 1 };
            return new Batch(Reference["pixels"][at].to(ScalarType.Float64) / 127.5 - 1, classes == 0 ? null : Reference["labels"][at]);
        }

        public Tensor NextBatch(int count) => Reference["latents"][_noise++ % 30].clone();
    }
}
