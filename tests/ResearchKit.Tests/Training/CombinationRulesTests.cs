using ResearchKit.Data.Toy;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Training;
using ResearchKit.Training.Augmentation;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

/// <summary>What is refused when a trainer is built, each with its reason; combining.md has the table.</summary>
public class CombinationRulesTests
{
    public static TheoryData<string, string> Refused => new()
    {
        { "r1 on batch norm", "R1Penalty takes D's slope at each sample, but D has batch normalisation" },
        { "broken packs", "packs of 3, but a batch has 16" },
        { "clip and spectral", "WeightClip bounds weights that spectral normalisation divides" },
        { "unroll and penalty", "leave out one of the two" },
        { "unroll and rmsprop", "written for Adam and gradient descent" },
        { "unroll and clip", "a clipped step does not pass the gradient on" },
        { "unroll and dropout", "D has dropout" },
        { "unroll and chance", "D looks at places that chance picks" },
        { "lecam and relativistic", "the levels drift freely" },
        { "smoothing and hinge", "HingeLoss has none" },
        { "ada and wasserstein", "the sign does not say that" },
        { "diffaugment and points", "the batches have shape (16, 2)" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_combination_without_sense_is_refused_with_the_reason(string name, string reason)
    {
        var unrolled = new TrainerOptions { UnrolledSteps = 1 };
        using var plain = new MlpDiscriminator(2, new MlpOptions { Widths = [4] });
        using var dropout = nn.Sequential(nn.Linear(2, 1), nn.Dropout(), nn.Flatten(0));
        using var frames = new MoCoGanDiscriminator(32, 1, 1);
        using var packed = new PackedDiscriminator(new MlpDiscriminator(6, new MlpOptions { Widths = [4] }), 3);
        using var batchNorm = new MlpDiscriminator(2, new MlpOptions { Widths = [4], Normalization = MlpNormalization.Batch });
        using var spectral = new MlpDiscriminator(2, new MlpOptions { Widths = [4], Normalization = MlpNormalization.Spectral });
        using var lecam = new LeCamPenalty(0.1);
        using var ada = new AdaptiveAugmentation(new AdaptiveController());
        using var diff = new DiffAugment();
        var error = Assert.Throws<ArgumentException>(() => name switch
        {
            "r1 on batch norm" => Build(batchNorm, penalty: new R1Penalty(1)),
            "broken packs" => Build(packed),
            "clip and spectral" => Build(spectral, new TrainerOptions { WeightClip = 0.1 }),
            "unroll and penalty" => Build(plain, unrolled, new R1Penalty(1)),
            "unroll and rmsprop" => Build(plain, unrolled with { Optimizer = OptimizerKind.RmsProp }),
            "unroll and clip" => Build(plain, unrolled with { GradientClip = 1 }),
            "unroll and dropout" => Build(dropout, unrolled),
            "unroll and chance" => Build(frames, unrolled),
            "lecam and relativistic" => Build(plain, penalty: lecam, loss: new RelativisticPairingLoss()),
            "smoothing and hinge" => Build(plain, penalty: new LabelSmoothing(0.1), loss: new HingeLoss()),
            "ada and wasserstein" => Build(plain, augmentation: ada, loss: new WassersteinLoss()),
            _ => Build(plain, augmentation: diff),
        });
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_penalty_that_looks_at_logits_goes_with_batch_norm()
    {
        using var d = new MlpDiscriminator(2, new MlpOptions { Widths = [4], Normalization = MlpNormalization.Batch });
        Assert.Equal(1, Build(d, penalty: new LogitMean()));
    }

    private static long Build(nn.Module<Tensor, Tensor> discriminator, TrainerOptions? options = null,
        IDiscriminatorPenalty? penalty = null, IAugmentation? augmentation = null, IAdversarialLoss? loss = null)
    {
        using var generator = new MlpGenerator(2, 2, new MlpOptions { Widths = [4] });
        using var points = randn(32, 2);
        using var data = new PointBatches(points, 16, seed: 0);
        using var trainer = new GanTrainer(generator, discriminator, new Game(loss ?? new NonSaturatingLoss(),
            penalty is null ? [] : [penalty], augmentation is null ? [] : [augmentation]), data, options ?? new TrainerOptions());
        return trainer.Run(1).Single().Step;
    }

    private sealed class LogitMean : IDiscriminatorPenalty
    {
        public SlopeSites Sites => SlopeSites.None;

        public Tensor Compute(DiscriminatorPass pass) => pass.RealLogits.square().mean();
    }
}
