using ResearchKit.Schedules;

namespace ResearchKit.Losses.Penalties;

/// <summary>One-sided label smoothing: D is asked for 1 - epsilon on real samples instead of 1, so its logits stay finite.</summary>
/// <param name="epsilon">In [0, 0.5], in every step; 0.1 is usual. A schedule can let it end.</param>
/// <exception cref="ArgumentException">The schedule leaves [0, 0.5]: above it real samples would be called generated.</exception>
/// <remarks>Salimans et al., arXiv:1606.03498, section 3.4. The cross-entropy with target 1 - epsilon is (1 - epsilon) softplus(-r) +
/// epsilon softplus(r), and softplus(r) - softplus(-r) = r: so smoothing adds exactly epsilon E r to D's loss, with r the logits of real
/// samples. Targets of generated samples stay 0, as the paper asks. Deviations: none.</remarks>
public sealed class LabelSmoothing(Schedule epsilon) : IDiscriminatorPenalty
{
    /// <summary>What the target of real samples lacks to 1.</summary>
    public Schedule Epsilon { get; } = epsilon.Require("Label smoothing", most: 0.5);

    /// <inheritdoc/>
    public SlopeSites Sites => SlopeSites.None;

    /// <inheritdoc/>
    public string? Refuses(IAdversarialLoss loss) => loss.Logits == LogitKind.LogOdds
        ? null
        : $"Label smoothing changes the target of a cross-entropy, and {loss.GetType().Name} has none: use it with the minimax or the " +
            $"non-saturating loss.";

    /// <inheritdoc/>
    public bool IsDue(long step) => Epsilon.At(step) > 0;

    /// <inheritdoc/>
    public Tensor Compute(DiscriminatorPass pass)
    {
        using var mean = pass.RealLogits.mean();
        return mean * Epsilon.At(pass.Step);
    }
}
