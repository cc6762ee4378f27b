using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.State;
using ResearchKit.Support;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

/// <summary>Training with labels.</summary>
public class ConditionalTrainingTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("gradient penalty")] // between real and generated samples: both of one class
    [InlineData("look ahead")]
    [InlineData("pairs")] // G sees real samples
    public void Labels_go_everywhere_and_a_state_is_put_back_to_the_bit(string kind)
    {
        using var scope = NewDisposeScope();
        var straight = Run(kind, 6, leave: 0);
        Assert.Equal(straight, Run(kind, 6, leave: 3));
        Assert.All(straight, v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void Keeps_the_number_of_live_tensors()
    {
        using var gan = new Conditional("plain");
        _ = gan.Trainer.Run(5).Count();
        NativeMemory.Trim();
        var before = (DisposeScopeManager.Statistics.ThreadTotalLiveCount, Tensor.TotalCount);
        _ = gan.Trainer.Run(50).Count();
        Assert.Equal(before, (DisposeScopeManager.Statistics.ThreadTotalLiveCount, Tensor.TotalCount));
    }

    [Fact]
    public void Two_classes_of_different_brightness_are_learned()
    {
        using var scope = NewDisposeScope();
        using var gan = new Conditional("plain");
        _ = gan.Trainer.Run(400).Count();
        var z = NormalLatents.Draw(64, 8, seed: 1);
        float Mean(long label) => gan.Trainer.Sample(z, averaged: false, full(64, label, dtype: ScalarType.Int64)).mean().item<float>();
        Assert.InRange(Mean(0), -1, -0.3f); // dark: v / 127.5 - 1 of 0 to 59 is below -0.5
        Assert.InRange(Mean(1), 0.3f, 1);
    }

    [Fact]
    public void Classes_that_the_data_have_not_are_refused()
    {
        using var set = new ImageSet("plain", randint(0, 256, [20, 1, 28, 28], ScalarType.Byte));
        using var batches = new ImageBatches(set, 4, 0);
        using var g = new DcganGenerator(28, 1, 4, 8, new SampleClasses(["a", "b"], [1, 1]));
        using var d = new DcganDiscriminator(28, 1, 4, classes: 2);
        using var plain = new DcganDiscriminator(28, 1, 4);
        Assert.Contains("D was built for 2 classes, and the data have none", Refused(d), StringComparison.Ordinal);
        Assert.Contains("G was built for 2 classes, and the data have none", Refused(plain), StringComparison.Ordinal);

        string Refused(DcganDiscriminator with) => Assert.Throws<ArgumentException>(() =>
            new GanTrainer(g, with, new Game(new NonSaturatingLoss()), batches, new TrainerOptions())).Message;
    }

    private static float[] Run(string kind, int steps, int leave)
    {
        using var gan = new Conditional(kind);
        if (leave > 0)
        {
            _ = gan.Trainer.Run(leave).Count();
            using var state = new StateStore();
            gan.Trainer.Save(state);
            _ = gan.Trainer.Run(2).Count(); // undone
            gan.Trainer.Load(state);
        }

        _ = gan.Trainer.Run(steps - leave).Count();
        return [.. gan.Generator.parameters().Concat(gan.Discriminator.parameters()).SelectMany(p => p.Floats())];
    }

    private sealed class Conditional : Owner
    {
        public Conditional(string kind)
        {
            RandomState.Seed(5);
            using var dark = randint(0, 60, [20, 1, 28, 28], ScalarType.Byte);
            using var light = randint(196, 256, [20, 1, 28, 28], ScalarType.Byte);
            using var labels = cat([zeros(20, ScalarType.Int64), ones(20, ScalarType.Int64)]);
            var set = Own(new ImageSet("two", cat([dark, light]), labels.clone(), ["dark", "light"]));
            Generator = Own(new DcganGenerator(28, 1, 4, 8, set.Classes));
            var normalization = kind == "plain" ? DiscriminatorNormalization.Batch : DiscriminatorNormalization.None;
            Discriminator = Own(new DcganDiscriminator(28, 1, 4, normalization, classes: 2));
            var game = kind switch
            {
                "gradient penalty" => new Game(new WassersteinLoss(), [Own(new WganGpPenalty())]),
                "pairs" => new Game(new RelativisticPairingLoss(), [new R1Penalty(0.1), new R2Penalty(0.1)]),
                _ => new Game(new NonSaturatingLoss()),
            };
            var options = new TrainerOptions
            {
                Threads = 1, UnrolledSteps = kind == "look ahead" ? 2 : null,
                GeneratorLearningRate = 1e-3, DiscriminatorLearningRate = 1e-3,
            };
            Trainer = Own(new GanTrainer(Generator, Discriminator, game, Own(new ImageBatches(set, 8, seed: 1)), options));
        }

        public DcganGenerator Generator { get; }

        public DcganDiscriminator Discriminator { get; }

        public GanTrainer Trainer { get; }
    }
}
