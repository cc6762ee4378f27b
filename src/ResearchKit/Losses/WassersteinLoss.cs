namespace ResearchKit.Losses;

/// <summary>The Wasserstein game: the critic's mean difference of real and fake bounds W1 from below while the critic is
/// 1-Lipschitz.</summary>
/// <remarks>Arjovsky, Chintala and Bottou, arXiv:1701.07875, algorithm 1. The loss does not keep the critic Lipschitz: clip its weights
/// (that paper) or add a gradient penalty (arXiv:1704.00028). Deviations: none; both players minimise, so the signs are turned.</remarks>
public sealed class WassersteinLoss : IAdversarialLoss
{
    /// <inheritdoc/>
    public LogitKind Logits => LogitKind.Value;

    /// <summary>Real: -E r. Fake: E f. Minus their sum estimates the distance.</summary>
    /// <inheritdoc/>
    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits) =>
        DiscriminatorTerms.Of(() => Formula.Mean(realLogits).neg(), () => Formula.Mean(fakeLogits));

    /// <summary>-E f.</summary>
    /// <inheritdoc/>
    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits) => Formula.Of(() => Formula.Mean(fakeLogits).neg());
}
