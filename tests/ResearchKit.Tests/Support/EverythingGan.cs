using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Schedules;
using ResearchKit.Training;
using ResearchKit.Training.Augmentation;
using static TorchSharp.torch;

namespace ResearchKit.Support;

/// <summary>A tiny training with every part that has a state: packs, spectral norm, dropout, ADA, noise, lazy and scheduled penalties,
/// LeCam, an average by half-life, schedules.</summary>
internal sealed class EverythingGan : Owner
{
    public EverythingGan(long seed = 5)
    {
        RandomState.Seed(seed);
        Generator = Own(new DcganGenerator(28, 1, 4, 8));
        var d = new DcganDiscriminator(28, 2, 4, DiscriminatorNormalization.Spectral, minibatchStandardDeviation: 2);
        Discriminator = Own(nn.Sequential(("dropout", nn.Dropout2d(0.1)), ("packed", new PackedDiscriminator(d, 2))));
        var set = Own(new ImageSet("random", randint(0, 256, [40, 1, 28, 28], ScalarType.Byte, generator: Own(new Generator(7)))));
        IDiscriminatorPenalty[] penalties =
            [new LazyPenalty(new R1Penalty(new ExponentialSchedule(0.5, 0.05, 20)), 3), Own(new LeCamPenalty(0.1, start: 3)),
            new LabelSmoothing(0.1)];
        IAugmentation[] augmentations = [Own(new AdaptiveAugmentation(new AdaptiveController(0.1, 2, 100), seed: 1)),
            Own(new InstanceNoise(new LinearSchedule(0.2, 0, 30), seed: 2))];
        var options = new TrainerOptions { Seed = 3, Threads = 1, AverageHalfLife = 100,
            GeneratorLearningRate = new CosineSchedule(1e-3, 1e-4, 30), DiscriminatorSteps = 2, GradientClip = 5 };
        Trainer = Own(new GanTrainer(Generator, Discriminator, new Game(new NonSaturatingLoss(), penalties, augmentations),
            Own(new ImageBatches(set, 8, seed: 4)), options));
    }

    public DcganGenerator Generator { get; }

    public nn.Module<Tensor, Tensor> Discriminator { get; }

    public GanTrainer Trainer { get; }
}
