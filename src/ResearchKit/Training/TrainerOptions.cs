using System.Globalization;
using ResearchKit.Schedules;

namespace ResearchKit.Training;

/// <summary>What a <see cref="GanTrainer"/> does. The defaults are DCGAN's (arXiv:1511.06434, section 4).</summary>
public sealed record TrainerOptions
{
    /// <summary>Seeds the noise z. Networks are seeded before they are built (<see cref="Runtime.RandomState.Seed"/>), data where its
    /// batches are made.</summary>
    public long Seed { get; init; }

    /// <summary>The rule that both networks move by.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>The step size for G: a number above 0, or a schedule over the steps. Other rates for G and D are the two time scales of
    /// Heusel et al., arXiv:1706.08500.</summary>
    public Schedule GeneratorLearningRate { get; init; } = 2e-4;

    /// <summary>The step size for D, likewise.</summary>
    public Schedule DiscriminatorLearningRate { get; init; } = 2e-4;

    /// <summary>Adam's decay of the mean gradient, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Adam's decay of the mean squared gradient, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>The greatest Euclidean norm of a network's gradient: a longer one is scaled down to it before the step (as PyTorch's
    /// <c>clip_grad_norm_</c>); null for no limit.</summary>
    public double? GradientClip { get; init; }

    /// <summary>WGAN's clipping (arXiv:1701.07875, algorithm 1): after each of D's steps every weight is brought into [-c, c]; null for
    /// none. The paper's c is 0.01.</summary>
    public double? WeightClip { get; init; }

    /// <summary>Discriminator steps for each generator step (k of arXiv:1406.2661, algorithm 1), at least 1.</summary>
    public int DiscriminatorSteps { get; init; } = 1;

    /// <summary>How many of D's steps G looks ahead, its gradient going through them: Unrolled GAN (Metz et al., arXiv:1611.02163, eq. 10);
    /// 0 for none. A look-ahead of K costs about 3 K steps of D.</summary>
    public int UnrolledSteps { get; init; }

    /// <summary>Decay a step of the averaged generator, in [0, 1); 0 means no averaging (unless <see cref="AverageHalfLife"/> is set, which
    /// then holds instead).</summary>
    public double AverageDecay { get; init; } = 0.999;

    /// <summary>The average's half-life in images seen by D; null for <see cref="AverageDecay"/>. 10,000 in StyleGAN2's code
    /// (arXiv:1912.04958); 20,000 at 256 pixels and 500,000 on CIFAR-10 in ADA's (arXiv:2006.06676).</summary>
    public double? AverageHalfLife { get; init; }

    /// <summary>Keeps <see cref="AverageHalfLife"/> at most this share of the images seen so far, so that early weights are soon forgotten;
    /// null for no ramp. 0.05 in ADA's code for CIFAR-10 and for sets without a setting of their own.</summary>
    public double? AverageRampUp { get; init; }

    /// <summary>The arithmetic of the networks' passes. Parameters, optimizers and averages keep their dtype.</summary>
    public Precision Precision { get; init; } = Precision.Full;

    /// <summary>CPU threads that libtorch uses inside an operation; null leaves the choice to
    /// <see cref="Runtime.CpuThreads.Default"/>.</summary>
    public int? Threads { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; names the option, the value and the range.</exception>
    public void Validate()
    {
        Require(Enum.IsDefined(Optimizer), nameof(Optimizer), Optimizer, $"one of {string.Join(", ", Enum.GetNames<OptimizerKind>())}");
        Require(Enum.IsDefined(Precision), nameof(Precision), Precision, $"one of {string.Join(", ", Enum.GetNames<Precision>())}");
        Rate(GeneratorLearningRate, nameof(GeneratorLearningRate));
        Rate(DiscriminatorLearningRate, nameof(DiscriminatorLearningRate));
        BelowOne(Beta1, nameof(Beta1));
        BelowOne(Beta2, nameof(Beta2));
        BelowOne(AverageDecay, nameof(AverageDecay));
        Positive(GradientClip, nameof(GradientClip));
        Positive(WeightClip, nameof(WeightClip));
        Positive(AverageHalfLife, nameof(AverageHalfLife));
        Positive(AverageRampUp, nameof(AverageRampUp));
        AtLeast(1, DiscriminatorSteps, nameof(DiscriminatorSteps));
        AtLeast(0, UnrolledSteps, nameof(UnrolledSteps));
        AtLeast(1, Threads ?? 1, nameof(Threads));
    }

    // A rate may fall to 0 in the end, but must start above it.
    private static void Rate(Schedule rate, string name) =>
        Require(rate is not null && rate.At(1) > 0 && rate.StaysWithin(0, double.MaxValue), name, rate,
            "a finite number above 0, or a schedule of such numbers (it may end at 0)");

    private static void Positive(double? value, string name) =>
        Require(value is null or > 0 && double.IsFinite(value ?? 1), name, value, "a finite number above 0, or null");

    private static void BelowOne(double value, string name) => Require(value is >= 0 and < 1, name, value, "in [0, 1)");

    private static void AtLeast(int least, int value, string name) => Require(value >= least, name, value, $"at least {least}");

    private static void Require(bool holds, string name, object? value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"TrainerOptions.{name} is {value ?? "null"}; it must be {range}."), name);
        }
    }
}
