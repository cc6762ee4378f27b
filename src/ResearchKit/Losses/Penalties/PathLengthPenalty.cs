using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Schedules;
using ResearchKit.State;

namespace ResearchKit.Losses.Penalties;

/// <summary>Path length: holds how far an image moves for a step in w near its own moving mean, everywhere and in every direction, so that
/// equal steps change images equally.</summary>
/// <remarks>Karras et al. (StyleGAN2), arXiv:1912.04958, section 3.2, eq. 4, and appendix B: the mean of (|J' y| - a)^2 with y of N(0, 1)
/// in the image's shape, as in ADA's PyTorch code: y is divided by sqrt(H W), the squared length is the mean over the styles of their
/// squared gradients, a takes in the batch first and is part of the graph, the term counts k times as it is due every k-th step, and half
/// of the batch is looked at. y comes from a random stream of the penalty's own, on the CPU. It belongs to one training. As there, every
/// parameter that the image depends on gets a gradient, if only of 0. Processes that train together keep one a, the mean of theirs; what a
/// term looks at is a with its own batch. Deviations: none.</remarks>
public sealed class PathLengthPenalty : RandomPart, IGeneratorPenalty, IShared
{
    private const int Shrink = 2;

    private readonly double _decay;
    private Tensor? _mean; // a, a scalar
    private ProcessGroup? _group;

    /// <summary>Creates the penalty.</summary>
    /// <param name="weight">What the term is multiplied by besides k, at least 0 in every step; null for 2, the authors'.</param>
    /// <param name="seed">Chooses y.</param>
    /// <param name="every">k, at least 1; 4 in the paper.</param>
    /// <param name="decay">The share of the way that a goes towards each batch's mean, in (0, 1].</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public PathLengthPenalty(Schedule? weight = null, long seed = 0, int every = 4, double decay = 0.01)
        : base(seed, salt: 0x9E3779B9)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        _decay = decay is > 0 and <= 1 ? decay : throw new ArgumentOutOfRangeException(nameof(decay), decay, "It must be in (0, 1].");
        (Weight, Every) = ((weight ?? 2.0).Require("The weight of the path length"), every);
    }

    /// <summary>The weight in each step.</summary>
    public Schedule Weight { get; }

    /// <inheritdoc/>
    public int Every { get; }

    /// <summary>a, the moving mean of the lengths; 0 before the first.</summary>
    public double Mean
    {
        get
        {
            using var mean = _mean?.to(ScalarType.Float64, copy: true);
            return mean?.item<double>() ?? 0;
        }
    }

    /// <inheritdoc/>
    public string? Refuses(LatentGenerator generator) => generator is IStyleGenerator
        ? null
        : $"PathLengthPenalty asks how images follow styles, and a {generator.GetType().Name} has none: leave it out, or take a " +
            $"generator with styles, such as stylegan2.";

    /// <inheritdoc/>
    public bool IsDue(long step) => (step - 1) % Every == 0 && Weight.At(step) > 0;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The generator has no styles.</exception>
    public Tensor Compute(LatentGenerator generator, Tensor z, Tensor? labels, long step)
    {
        if (Refuses(generator) is { } problem)
        {
            throw new ArgumentException(problem, nameof(generator));
        }

        using var scope = NewDisposeScope();
        var g = (IStyleGenerator)generator;
        var count = Math.Max(1, z.shape[0] / Shrink);
        var styles = g.Map(z.narrow(0, 0, count), labels?.narrow(0, 0, count)); // (B/2, L, W)
        if (!styles.requires_grad)
        {
            styles.requires_grad_();
        }

        var images = g.Synthesize(styles); // (B/2, C, H, W)
        var pixels = Math.Sqrt(images.shape[2] * images.shape[3]);
        var y = (randn(images.shape, generator: Random) / pixels).to(images.dtype, images.device); // (B/2, C, H, W)
        var gradient = InputGradient.Of((images * y).sum(), styles, differentiable: true); // (B/2, L, W)
        var lengths = gradient.square().sum(2).mean([1]).sqrt(); // (B/2)
        var mean = (_mean?.to(lengths.dtype, lengths.device) ?? zeros_like(lengths[0])).lerp(lengths.mean(), _decay);
        _mean?.Dispose();
        _mean = mean.detach().clone().DetachFromDisposeScope(); // it outlives the step
        _group?.Average(_mean);
        var term = (lengths - mean).square().mean() * (Weight.At(step) * Every);
        return (term + images.sum() * 0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Share(ProcessGroup group) => _group = group;

    /// <inheritdoc/>
    public override void Save(StateStore state)
    {
        base.Save(state);
        state.Put("mean", Mean);
    }

    /// <inheritdoc/>
    public override void Load(StateStore state)
    {
        base.Load(state);
        _mean?.Dispose();
        _mean = tensor(state.Number("mean"), ScalarType.Float64).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _mean?.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }
}
