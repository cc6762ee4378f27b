using ResearchKit.Schedules;
using ResearchKit.State;

namespace ResearchKit.Losses.Penalties;

/// <summary>A penalty whose weight follows a schedule.</summary>
/// <remarks>
/// R3GAN (Huang et al., arXiv:2501.05441) takes the gamma of R1 and R2 from 0.05 to 0.005 along half a cosine on CIFAR-10:
/// <c>new ScheduledPenalty(new R1Penalty(1), new CosineSchedule(0.05, 0.005, steps))</c>.
/// </remarks>
public sealed class ScheduledPenalty : IDiscriminatorPenalty, IResumable
{
    /// <summary>Wraps a penalty, which stays the caller's.</summary>
    /// <param name="inner">The penalty, built with weight 1.</param>
    /// <param name="weight">What its term is multiplied by in each step, at least 0; in steps where it is 0 nothing is computed.</param>
    /// <exception cref="ArgumentException">The schedule goes below 0 or is not finite.</exception>
    public ScheduledPenalty(IDiscriminatorPenalty inner, Schedule weight)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(weight);
        if (!weight.StaysWithin(0, double.MaxValue))
        {
            throw new ArgumentException($"A penalty's weight must stay finite and at least 0, but the schedule is \"{weight}\".",
                nameof(weight));
        }

        Inner = inner;
        Weight = weight;
    }

    /// <summary>The penalty.</summary>
    public IDiscriminatorPenalty Inner { get; }

    /// <summary>Its weight.</summary>
    public Schedule Weight { get; }

    /// <inheritdoc/>
    public SlopeSites Sites => Inner.Sites;

    /// <inheritdoc/>
    public string? Refuses(IAdversarialLoss loss) => Inner.Refuses(loss);

    /// <inheritdoc/>
    public bool IsDue(long step) => Weight.At(step) > 0 && Inner.IsDue(step);

    /// <inheritdoc/>
    public Tensor Compute(DiscriminatorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using var term = Inner.Compute(pass);
        return term * Weight.At(pass.Step);
    }

    /// <inheritdoc/>
    public void Save(StateStore state) => (Inner as IResumable)?.Save(state);

    /// <inheritdoc/>
    public void Load(StateStore state) => (Inner as IResumable)?.Load(state);
}
