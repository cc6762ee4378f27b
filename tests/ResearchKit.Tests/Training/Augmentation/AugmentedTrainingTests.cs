using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Schedules;
using ResearchKit.Training;
using ResearchKit.Training.Augmentation;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training.Augmentation;

/// <summary>All augmentations and penalties of this kind at once, in the trainer.</summary>
public class AugmentedTrainingTests
{
    [Fact]
    public void Trains_steers_p_and_keeps_the_number_of_live_tensors()
    {
        RandomState.Seed(5);
        using var generator = new DcganGenerator(28, 1, 4, 8);
        using var discriminator = nn.Sequential(nn.Conv2d(1, 8, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(8, 8, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(8, 1, 7), nn.Flatten(0));
        using var images = new ImageSet("random", randint(0, 256, [16, 1, 28, 28], ScalarType.Byte));
        using var batches = new ImageBatches(images, 8, seed: 1);
        using var ada = new AdaptiveAugmentation(new AdaptiveController(target: 0.01, interval: 2, speed: 200));
        using var diff = new DiffAugment();
        using var noise = new InstanceNoise(new LinearSchedule(0.1, 0, 40));
        using var leCam = new LeCamPenalty(0.1, start: 3);
        IDiscriminatorPenalty[] penalties = [new LazyPenalty(new R1Penalty(1), 4),
            new R2Penalty(new CosineSchedule(1, 0, 40)), new LabelSmoothing(0.1), leCam];
        using var trainer = new GanTrainer(generator, discriminator,
            new Game(new NonSaturatingLoss(), penalties, [noise, diff, ada]), batches,
            new TrainerOptions { Threads = 1, DiscriminatorLearningRate = 1e-3 });
        _ = trainer.Run(10).ToList();
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        var reports = trainer.Run(60).ToList();
        Assert.Equal(live, Tensor.TotalCount);
        Assert.All(reports, r => Assert.True(r is { DiscriminatorGradientNorm: > 0, GeneratorGradientNorm: > 0 }));
        Assert.InRange(ada.P, 0.01, 1);
        Assert.NotNull(ada.Signs);
    }

    [Fact]
    public void Only_the_networks_compute_in_bfloat16()
    {
        using var generator = new DcganGenerator(28, 1, 4, 8);
        using var discriminator = new DcganDiscriminator(28, 1, 4);
        using var images = new ImageSet("random", randint(0, 256, [16, 1, 28, 28], ScalarType.Byte));
        using var batches = new ImageBatches(images, 8, seed: 1);
        var product = new ProductType();
        using var trainer = new GanTrainer(generator, discriminator, new Game(new NonSaturatingLoss(), Augmentations: [product]), batches,
            new TrainerOptions { Threads = 1, Precision = Precision.BFloat16 });
        Assert.True(double.IsFinite(trainer.Run(1).Single().GeneratorLoss));
        Assert.Equal([ScalarType.Float32], product.Seen.Distinct());
    }

    // Changes nothing, and notes the dtype in which a product of its samples is computed.
    private sealed class ProductType : IAugmentation
    {
        public List<ScalarType> Seen { get; } = [];

        public bool NeedsImages => true;

        public Tensor Apply(Tensor samples, long step)
        {
            using var side = eye(samples.shape[3], dtype: samples.dtype);
            using var product = samples.matmul(side);
            Seen.Add(product.dtype);
            return samples;
        }
    }
}
