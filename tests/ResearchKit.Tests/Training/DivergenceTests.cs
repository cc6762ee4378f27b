using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Support;
using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

public class DivergenceTests
{
    [Fact]
    public void A_learning_rate_without_bounds_stops_with_step_quantity_and_cause()
    {
        using var gan = new TinyGan(new TrainerOptions { Threads = 1, DiscriminatorLearningRate = 1e30 });
        var error = Assert.Throws<TrainingDivergedException>(() => gan.Trainer.Run(50).ToList());
        Assert.Equal(error.Step - 1, gan.Trainer.StepsDone);
        Assert.Contains($"step {error.Step}", error.Message, StringComparison.Ordinal);
        Assert.Contains("learning rate", error.Message, StringComparison.Ordinal);
        using var sample = gan.Trainer.Sample(NormalLatents.Draw(2, 8, 0));
        Assert.True(sample.isfinite().all().item<bool>());
    }

    [Fact]
    public void Broken_weights_at_the_start_are_told_from_a_high_learning_rate()
    {
        using var gan = new TinyGan();
        using (no_grad())
        {
            gan.Discriminator.parameters().First().fill_(float.NaN);
        }

        var error = Assert.Throws<TrainingDivergedException>(() => gan.Trainer.Run(1).ToList());
        Assert.Equal(1, error.Step);
        Assert.Contains("initial weights", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_data_is_told_from_both()
    {
        using var gan = new TinyGan();
        using var trainer = new GanTrainer(gan.Generator, gan.Discriminator, new Game(new NonSaturatingLoss()), new BrokenBatches(),
            new TrainerOptions { Threads = 1 });
        var error = Assert.Throws<TrainingDivergedException>(() => trainer.Run(1).ToList());
        Assert.Equal("D's loss on real samples (NaN)", error.Quantity);
        Assert.Contains("The real batch itself", error.Message, StringComparison.Ordinal);
    }

    private sealed class BrokenBatches : IBatchSource
    {
        public int BatchSize => 4;

        public long BatchesPerEpoch => 1;

        public SamplerPosition Position { get; set; }

        public Batch Next() => full([4, 1, 28, 28], float.NaN);
    }
}
