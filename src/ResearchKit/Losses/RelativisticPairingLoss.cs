using static TorchSharp.torch.nn.functional;

namespace ResearchKit.Losses;

/// <summary>The relativistic pairing game: D judges which of a real and a fake sample is the real one; G wants the opposite.</summary>
/// <remarks>
/// Jolicoeur-Martineau, arXiv:1807.00734 (RSGAN); the loss of R3GAN (Huang et al., arXiv:2501.05441), which adds R1 and R2. There is one
/// term for a
/// pair, so it stands as the real term, and the fake term is 0. Deviations: none.
/// </remarks>
public sealed class RelativisticPairingLoss : IAdversarialLoss
{
    /// <inheritdoc/>
    public bool GeneratorSeesReal => true;

    /// <inheritdoc/>
    public LogitKind Logits => LogitKind.Relative;

    /// <summary>Real: E softplus(-(r_i - f_i)). Fake: 0.</summary>
    /// <param name="realLogits">D's logits for real samples, shape (B).</param>
    /// <param name="fakeLogits">D's logits for generated samples, shape (B): the i-th is paired with the i-th real one.</param>
    /// <returns>Two scalars in nats; the caller disposes them.</returns>
    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits)
    {
        using var scope = NewDisposeScope();
        var loss = softplus(fakeLogits - realLogits).mean();
        return new DiscriminatorTerms(loss.MoveToOuterDisposeScope(), zeros_like(loss).MoveToOuterDisposeScope());
    }

    /// <summary>E softplus(-(f_i - r_i)).</summary>
    /// <inheritdoc/>
    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits)
    {
        ArgumentNullException.ThrowIfNull(realLogits);
        using var scope = NewDisposeScope();
        return softplus(realLogits - fakeLogits).mean().MoveToOuterDisposeScope();
    }
}
