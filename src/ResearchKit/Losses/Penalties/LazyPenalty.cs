using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Losses.Penalties;

/// <summary>A penalty in every k-th step only, k times as strong: nearly the same training at a fraction of its cost.</summary>
/// <param name="inner">The penalty, with the weight that it would have in every step; stays the caller's.</param>
/// <param name="every">k, at least 1; 16 in the paper.</param>
/// <param name="ownStep">True for an optimizer step of its own after D's, as StyleGAN2's code makes; false to let the term join D's loss
/// in the steps where it is due, which costs one look of D less.</param>
/// <exception cref="ArgumentOutOfRangeException">k is below 1.</exception>
/// <remarks>Karras et al. (StyleGAN2), arXiv:1912.04958, section 3.1 and appendix B: R1 every 16 steps, due in steps 1, 17, 33, ...
/// With a step of its own D makes k + 1 updates in k steps, and its Adam is slowed down to make up for that: learning rate times c, betas
/// to the power of c, c = k / (k + 1). Deviations: with several D steps in a training step the penalty is due in all of them.</remarks>
public sealed class LazyPenalty(IDiscriminatorPenalty inner, int every, bool ownStep = false) : IDiscriminatorPenalty, IResumable, IShared
{
    /// <summary>The penalty.</summary>
    public IDiscriminatorPenalty Inner { get; } = inner;

    /// <summary>k.</summary>
    public int Every { get; } = every >= 1 ? every : throw new ArgumentOutOfRangeException(nameof(every), every, "It must be at least 1.");

    /// <inheritdoc/>
    public int? OwnStepEvery { get; } = ownStep ? every : null;

    /// <inheritdoc/>
    public SlopeSites Sites => Inner.Sites;

    /// <inheritdoc/>
    public string? Refuses(IAdversarialLoss loss) => Inner.Refuses(loss);

    /// <inheritdoc/>
    public bool IsDue(long step) => (step - 1) % Every == 0 && Inner.IsDue(step);

    /// <inheritdoc/>
    public Tensor Compute(DiscriminatorPass pass)
    {
        using var term = Inner.Compute(pass);
        return term * Every;
    }

    /// <inheritdoc/>
    public void Share(ProcessGroup group) => (Inner as IShared)?.Share(group);

    /// <inheritdoc/>
    public void Save(StateStore state) => (Inner as IResumable)?.Save(state);

    /// <inheritdoc/>
    public void Load(StateStore state) => (Inner as IResumable)?.Load(state);
}
