using static TorchSharp.torch.nn.functional;

namespace ResearchKit.Losses;

/// <summary>The relativistic average game: D judges whether a sample is more real than the average sample of the other kind; G wants the
/// opposite.</summary>
/// <remarks>Jolicoeur-Martineau, arXiv:1807.00734 (RaSGAN). Softplus is -log sigmoid of the negated argument. Deviations: none.</remarks>
public sealed class RelativisticAverageLoss : IAdversarialLoss
{
    /// <inheritdoc/>
    public bool GeneratorSeesReal => true;

    /// <inheritdoc/>
    public LogitKind Logits => LogitKind.Relative;

    /// <summary>Real: E softplus(-(r - E f)). Fake: E softplus(f - E r).</summary>
    /// <inheritdoc/>
    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits)
    {
        using var scope = NewDisposeScope();
        return new DiscriminatorTerms(
            softplus(fakeLogits.mean() - realLogits).mean().MoveToOuterDisposeScope(),
            softplus(fakeLogits - realLogits.mean()).mean().MoveToOuterDisposeScope());
    }

    /// <summary>E softplus(-(f - E r)) + E softplus(r - E f).</summary>
    /// <inheritdoc/>
    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits)
    {
        ArgumentNullException.ThrowIfNull(realLogits);
        using var scope = NewDisposeScope();
        var fakeUp = softplus(realLogits.mean() - fakeLogits).mean();
        var realDown = softplus(realLogits - fakeLogits.mean()).mean();
        return (fakeUp + realDown).MoveToOuterDisposeScope();
    }
}
