using static TorchSharp.torch.nn.functional;

namespace ResearchKit.Losses;

/// <summary>The relativistic average game: D judges whether a sample is more real than the average of the other kind.</summary>
/// <remarks>Jolicoeur-Martineau, arXiv:1807.00734 (RaSGAN). Softplus is -log sigmoid of the negated argument. Deviations: none.</remarks>
public sealed class RelativisticAverageLoss : IAdversarialLoss
{
    /// <inheritdoc/>
    public bool GeneratorSeesReal => true;

    /// <inheritdoc/>
    public LogitKind Logits => LogitKind.Relative;

    /// <summary>Real: E softplus(-(r - E f)). Fake: E softplus(f - E r).</summary>
    /// <inheritdoc/>
    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits) => DiscriminatorTerms.Of(
        () => Formula.Mean(softplus(Formula.MeanOfEach(fakeLogits) - realLogits)),
        () => Formula.Mean(softplus(fakeLogits - Formula.MeanOfEach(realLogits))));

    /// <summary>E softplus(-(f - E r)) + E softplus(r - E f).</summary>
    /// <inheritdoc/>
    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits)
    {
        ArgumentNullException.ThrowIfNull(realLogits);
        return Formula.Of(() => Formula.Mean(softplus(Formula.MeanOfEach(realLogits) - fakeLogits))
            + Formula.Mean(softplus(realLogits - Formula.MeanOfEach(fakeLogits))));
    }
}

/// <summary>The relativistic pairing game: D judges which of a real and a fake sample is the real one; G wants the opposite.</summary>
/// <remarks>Jolicoeur-Martineau, arXiv:1807.00734 (RSGAN); the loss of R3GAN (Huang et al., arXiv:2501.05441), which adds R1 and R2. The
/// i-th generated sample is paired with the i-th real one. There is one term for a pair, so it stands as the real term, and the fake term
/// is 0. Deviations: none.</remarks>
public sealed class RelativisticPairingLoss : IAdversarialLoss
{
    /// <inheritdoc/>
    public bool GeneratorSeesReal => true;

    /// <inheritdoc/>
    public LogitKind Logits => LogitKind.Relative;

    /// <summary>Real: E softplus(-(r_i - f_i)). Fake: 0.</summary>
    /// <inheritdoc/>
    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits) =>
        DiscriminatorTerms.Of(() => Formula.Mean(softplus(fakeLogits - realLogits)), () => fakeLogits.new_zeros([]));

    /// <summary>E softplus(-(f_i - r_i)).</summary>
    /// <inheritdoc/>
    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits)
    {
        ArgumentNullException.ThrowIfNull(realLogits);
        return Formula.Of(() => Formula.Mean(softplus(realLogits - fakeLogits)));
    }
}
