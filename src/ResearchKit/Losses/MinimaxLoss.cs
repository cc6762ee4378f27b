using static TorchSharp.torch.nn.functional;

namespace ResearchKit.Losses;

/// <summary>The minimax ("saturating") game: D maximises V(D, G) = E log D(x) + E log(1 - D(G(z))), G minimises the same V.</summary>
/// <remarks>
/// Goodfellow et al., arXiv:1406.2661, eq. 1, with D = sigmoid(logit): -log D = softplus(-logit), -log(1 - D) = softplus(logit).
/// G's gradient vanishes where D is sure of the fakes. Deviations: none; computed from logits, so that nothing overflows at +-100.
/// </remarks>
public sealed class MinimaxLoss : IAdversarialLoss
{
    /// <inheritdoc/>
    public LogitKind Logits => LogitKind.LogOdds;

    /// <inheritdoc/>
    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits) =>
        CrossEntropyTerms.Discriminator(realLogits, fakeLogits);

    /// <summary>E log(1 - D(G(z))) = -E softplus(fakeLogits).</summary>
    /// <inheritdoc/>
    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits)
    {
        using var scope = NewDisposeScope();
        return softplus(fakeLogits).mean().neg().MoveToOuterDisposeScope();
    }
}
