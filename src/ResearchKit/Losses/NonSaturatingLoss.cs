using static TorchSharp.torch.nn.functional;

namespace ResearchKit.Losses;

/// <summary>The non-saturating game: D as in <see cref="MinimaxLoss"/>, G maximises E log D(G(z)).</summary>
/// <remarks>Goodfellow et al., arXiv:1406.2661, section 3: the same fixed point, but G's gradient is strong where D rejects the fakes.
/// Deviations: none.</remarks>
public sealed class NonSaturatingLoss : IAdversarialLoss
{
    /// <inheritdoc/>
    public LogitKind Logits => LogitKind.LogOdds;

    /// <inheritdoc/>
    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits) =>
        CrossEntropyTerms.Discriminator(realLogits, fakeLogits);

    /// <summary>-E log D(G(z)) = E softplus(-fakeLogits).</summary>
    /// <inheritdoc/>
    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits)
    {
        using var scope = NewDisposeScope();
        return softplus(-fakeLogits).mean().MoveToOuterDisposeScope();
    }
}
