using static TorchSharp.torch.nn.functional;

namespace ResearchKit.Losses;

/// <summary>The hinge game: D stops to learn from samples beyond the margin, G climbs D's logits.</summary>
/// <remarks>Lim and Ye, arXiv:1705.02894; Miyato et al., arXiv:1802.05957, eq. 16 and 17. Deviations: none.</remarks>
public sealed class HingeLoss : IAdversarialLoss
{
    /// <inheritdoc/>
    public LogitKind Logits => LogitKind.Margin;

    /// <summary>Real: E max(0, 1 - r). Fake: E max(0, 1 + f).</summary>
    /// <inheritdoc/>
    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits) =>
        DiscriminatorTerms.Of(() => Formula.Mean(relu(1 - realLogits)), () => Formula.Mean(relu(1 + fakeLogits)));

    /// <summary>-E f.</summary>
    /// <inheritdoc/>
    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits) => Formula.Of(() => Formula.Mean(fakeLogits).neg());
}
