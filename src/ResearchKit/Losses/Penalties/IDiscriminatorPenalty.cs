namespace ResearchKit.Losses.Penalties;

/// <summary>A term that is added to the discriminator's loss, to keep its slope or its logits in bounds. Combines with any loss where its
/// rules do not say otherwise.</summary>
public interface IDiscriminatorPenalty
{
    /// <summary>Where it looks at D's slope; D must then be twice differentiable and judge each sample (or pack) alone.</summary>
    SlopeSites Sites { get; }

    /// <summary>Where it takes optimizer steps of its own, after D's, how many steps one comes after another; null where it joins D's
    /// loss.</summary>
    int? OwnStepEvery => null;

    /// <summary>Why it makes no sense with a loss, in one sentence; null where it does.</summary>
    /// <param name="loss">The game.</param>
    string? Refuses(IAdversarialLoss loss) => null;

    /// <summary>Whether the term is computed in a step; a term that is not due costs nothing.</summary>
    /// <param name="step">The training step, from 1.</param>
    bool IsDue(long step) => true;

    /// <summary>The term for one batch, with its graph to the discriminator's weights.</summary>
    /// <param name="pass">What D made of the batch, run with <see cref="Sites"/>.</param>
    /// <returns>A scalar, already weighted. The caller disposes it.</returns>
    Tensor Compute(DiscriminatorPass pass);
}
