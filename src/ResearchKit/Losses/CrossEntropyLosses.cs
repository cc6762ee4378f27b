using static TorchSharp.torch.nn.functional;

namespace ResearchKit.Losses;

/// <summary>The minimax ("saturating") game: D maximises V(D, G) = E log D(x) + E log(1 - D(G(z))), G minimises the same V.</summary>
/// <remarks>Goodfellow et al., arXiv:1406.2661, eq. 1, with D = sigmoid(logit): -log D = softplus(-logit), -log(1 - D) = softplus(logit).
/// G's gradient vanishes where D is sure of the fakes. Deviations: none; nothing overflows at +-100.</remarks>
public sealed class MinimaxLoss : IAdversarialLoss
{
    /// <inheritdoc/>
    public LogitKind Logits => LogitKind.LogOdds;

    /// <summary>Real: -E log D(x) = E softplus(-r). Fake: -E log(1 - D(G(z))) = E softplus(f).</summary>
    /// <inheritdoc/>
    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits) =>
        DiscriminatorTerms.Of(() => Formula.Mean(softplus(-realLogits)), () => Formula.Mean(softplus(fakeLogits)));

    /// <summary>E log(1 - D(G(z))) = -E softplus(f).</summary>
    /// <inheritdoc/>
    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits) => Formula.Of(() => Formula.Mean(softplus(fakeLogits)).neg());
}

/// <summary>The non-saturating game: D as in <see cref="MinimaxLoss"/>, G maximises E log D(G(z)).</summary>
/// <remarks>Goodfellow et al., arXiv:1406.2661, section 3: the same fixed point, a strong gradient where D rejects the fakes. Deviations:
/// none.</remarks>
public sealed class NonSaturatingLoss : IAdversarialLoss
{
    /// <inheritdoc/>
    public LogitKind Logits => LogitKind.LogOdds;

    /// <inheritdoc cref="MinimaxLoss.Discriminator"/>
    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits) =>
        DiscriminatorTerms.Of(() => Formula.Mean(softplus(-realLogits)), () => Formula.Mean(softplus(fakeLogits)));

    /// <summary>-E log D(G(z)) = E softplus(-f).</summary>
    /// <inheritdoc/>
    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits) => Formula.Of(() => Formula.Mean(softplus(-fakeLogits)));
}
