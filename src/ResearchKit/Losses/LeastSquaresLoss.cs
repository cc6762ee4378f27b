namespace ResearchKit.Losses;

/// <summary>The least-squares game: D regresses real to 1 and fake to 0, G its fakes to 1.</summary>
/// <remarks>Mao et al., arXiv:1611.04076, eq. 2 and 9, with a = 0, b = c = 1. Deviations: without the paper's factor 1/2, as most codebases
/// have it; Adam does not see a constant factor.</remarks>
public sealed class LeastSquaresLoss : IAdversarialLoss
{
    /// <inheritdoc/>
    public LogitKind Logits => LogitKind.Label;

    /// <summary>Real: E (r - 1)^2. Fake: E f^2.</summary>
    /// <inheritdoc/>
    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits) =>
        DiscriminatorTerms.Of(() => Formula.Mean((realLogits - 1).square()), () => Formula.Mean(fakeLogits.square()));

    /// <summary>E (f - 1)^2.</summary>
    /// <inheritdoc/>
    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits) => Formula.Of(() => Formula.Mean((fakeLogits - 1).square()));
}
