using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Support;

/// <summary>A DCGAN that trains in milliseconds, with everything that it needs.</summary>
internal sealed class TinyGan : IDisposable
{
    public TinyGan(TrainerOptions? options = null, IAdversarialLoss? loss = null, int count = 40, int batchSize = 8, Device? device = null)
    {
        RandomState.Seed(5);
        Generator = new DcganGenerator(28, 1, 4, 8);
        Discriminator = new DcganDiscriminator(28, 1, 4);
        if (device is not null)
        {
            Generator.to(device);
            Discriminator.to(device);
        }

        Images = new ImageSet("random", randint(0, 256, [count, 1, 28, 28], ScalarType.Byte));
        Data = new ImageBatches(Images, batchSize, seed: 1);
        Trainer = new GanTrainer(Generator, Discriminator, new Game(loss ?? new NonSaturatingLoss()), Data,
            options ?? new TrainerOptions { Threads = 1 });
    }

    public DcganGenerator Generator { get; }

    public DcganDiscriminator Discriminator { get; }

    public ImageSet Images { get; }

    public ImageBatches Data { get; }

    public GanTrainer Trainer { get; }

    public void Dispose()
    {
        Trainer.Dispose();
        Data.Dispose();
        Images.Dispose();
        Discriminator.Dispose();
        Generator.Dispose();
    }
}
