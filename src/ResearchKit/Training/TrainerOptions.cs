using System.ComponentModel.DataAnnotations;
using ResearchKit.Registers;
using ResearchKit.Runtime;
using ResearchKit.Schedules;

namespace ResearchKit.Training;

/// <summary>What a <see cref="GanTrainer"/> does. The defaults are DCGAN's (arXiv:1511.06434, section 4).</summary>
public sealed record TrainerOptions
{
    /// <summary>Seeds the noise z. Networks are seeded before they are built (<see cref="Runtime.RandomState.Seed"/>), data with its
    /// batches.</summary>
    public long Seed { get; init; }

    /// <summary>The rule that both networks move by.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>The step size for G: a number above 0, or a schedule over the steps, which may end at 0. Other rates for G and D are the
    /// two time scales of Heusel et al., arXiv:1706.08500.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public Schedule GeneratorLearningRate { get; init; } = 2e-4;

    /// <summary>The step size for D, likewise.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public Schedule DiscriminatorLearningRate { get; init; } = 2e-4;

    /// <summary>Adam's decay of the mean gradient, in [0, 1).</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Adam's decay of the mean squared gradient, in [0, 1), or a schedule over the steps: R3GAN (arXiv:2501.05441) moves it from
    /// 0.9 to 0.99.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public Schedule Beta2 { get; init; } = 0.999;

    /// <summary>The greatest Euclidean norm of a network's gradient, above 0: a longer one is scaled down to it before the step (as
    /// PyTorch's <c>clip_grad_norm_</c>); null for no limit.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double? GradientClip { get; init; }

    /// <summary>WGAN's clipping (arXiv:1701.07875, algorithm 1): after each of D's steps every weight is brought into [-c, c]; null for
    /// no clipping. The paper's c is 0.01.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double? WeightClip { get; init; }

    /// <summary>Discriminator steps for each generator step (k of arXiv:1406.2661, algorithm 1), at least 1.</summary>
    [Range(1, int.MaxValue)]
    public int DiscriminatorSteps { get; init; } = 1;

    /// <summary>Batches that G's step draws for itself: 0 to use the samples that D was last trained on, as PyTorch's DCGAN tutorial does;
    /// 1 for new ones, as most authors do; 2 for twice as many, as WGAN-GP's and SNGAN's authors do on CIFAR-10.</summary>
    [Range(0, 16)]
    public int GeneratorBatches { get; init; }

    /// <summary>How many of D's steps G looks ahead, its gradient going through them: Unrolled GAN (Metz et al., arXiv:1611.02163, eq. 10);
    /// null for no look-ahead. A look-ahead of K costs about 3 K steps of D.</summary>
    [Range(1, 100)]
    public int? UnrolledSteps { get; init; }

    /// <summary>Steps at the beginning in which G, one that draws tokens, is trained by maximum likelihood on real lines and not against D;
    /// null for none. As many as all steps: maximum likelihood alone.</summary>
    [Range(1, int.MaxValue)]
    public int? LikelihoodSteps { get; init; }

    /// <summary>In how many of the last <see cref="LikelihoodSteps"/> D is trained too, so that it knows G's lines when G is trained
    /// against it; null for none.</summary>
    [Range(1, int.MaxValue)]
    public int? DiscriminatorWarmup { get; init; }

    /// <summary>How many lines a G that draws tokens completes from each place of a line, so that D can judge what a token leads to: SeqGAN
    /// (Yu et al., arXiv:1609.05473, eq. 4); null for 16, the authors' number.</summary>
    [Range(1, 1024)]
    public int? Rollouts { get; init; }

    /// <summary>Whether the batch's mean reward in each place is taken off the rewards of tokens, which makes their gradient less noisy;
    /// the authors of SeqGAN do not.</summary>
    public bool RewardBaseline { get; init; }

    /// <summary>Decay a step of the averaged generator, in (0, 1); null for no average, or for <see cref="AverageHalfLife"/>, which goes
    /// first.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double? AverageDecay { get; init; } = 0.999;

    /// <summary>The average's half-life in images seen by D, or a schedule of it over the steps; null for <see cref="AverageDecay"/>.
    /// 10,000 in StyleGAN2's code (arXiv:1912.04958); 20,000 at 256 pixels and 500,000 on CIFAR-10 in ADA's (arXiv:2006.06676); R3GAN
    /// (arXiv:2501.05441) lets it grow from 0.</summary>
    [Range(0, double.MaxValue)]
    public Schedule? AverageHalfLife { get; init; }

    /// <summary>Keeps <see cref="AverageHalfLife"/> at most this share of the images seen so far, so that early weights are soon forgotten;
    /// null for no ramp. 0.05 in ADA's code for CIFAR-10 and for sets without a setting of their own.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double? AverageRampUp { get; init; }

    /// <summary>The arithmetic of the networks' passes. Parameters, optimizers and averages keep their dtype.</summary>
    public Precision Precision { get; init; } = Precision.Full;

    /// <summary>CPU threads that libtorch uses inside an operation; null for as many as OMP_NUM_THREADS says, else one a core, at most
    /// four.</summary>
    [Range(1, 256)]
    public int? Threads { get; init; }

    /// <summary>The processes that the training is divided over; null for this one alone.</summary>
    internal ProcessGroup? Group { get; private init; }

    /// <summary>The seed of this process's own noise.</summary>
    internal long OwnSeed => Group?.SeedOf(Seed) ?? Seed;

    /// <summary>The same options for a training that several processes share, each with a batch of its own: gradients, ADA's r_t, LeCam's
    /// averages and the reports are means over all of them. Noise and, of the kit's data, samples differ; what a caller makes with a seed
    /// should be made with <see cref="ProcessGroup.SeedOf"/>. Every process makes the same calls, and pulls the same steps.</summary>
    /// <param name="group">The processes; null for this one alone.</param>
    public TrainerOptions SharedBy(ProcessGroup? group) => this with { Group = group };

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; names the option, the value and the range.</exception>
    public void Validate() => OptionRanges.Check(this);
}

/// <summary>The rule that turns a gradient into a step.</summary>
public enum OptimizerKind
{
    /// <summary>Kingma and Ba, arXiv:1412.6980, algorithm 1; eps 1e-8. <see cref="TrainerOptions.Beta1"/> and
    /// <see cref="TrainerOptions.Beta2"/> are its decays.</summary>
    Adam,

    /// <summary>RMSProp as in PyTorch: the gradient over the root of a running mean of its square; decay .99, eps 1e-8. WGAN's
    /// (arXiv:1701.07875, algorithm 1).</summary>
    RmsProp,

    /// <summary>The gradient times the learning rate, as theory assumes.</summary>
    GradientDescent,
}

/// <summary>The arithmetic of the networks' passes.</summary>
public enum Precision
{
    /// <summary>The parameters' own dtype, with TF32 off on a GPU.</summary>
    Full,

    /// <summary>Float32 with TF32 products (10 bits of mantissa) on a GPU; nothing changes on a CPU.</summary>
    TensorFloat32,

    /// <summary>bfloat16 where PyTorch's autocast thinks it safe, float32 elsewhere (Micikevicius et al., arXiv:1710.03740, without loss
    /// scaling, which bfloat16 does not need). On a CPU too; not on Windows, whose libtorch names the entry points otherwise.</summary>
    BFloat16,
}
