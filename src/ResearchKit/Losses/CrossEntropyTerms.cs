using static TorchSharp.torch.nn.functional;

namespace ResearchKit.Losses;

/// <summary>The discriminator's binary cross-entropy, shared by the losses that have it.</summary>
internal static class CrossEntropyTerms
{
    /// <summary>Real: -E log D(x) = E softplus(-realLogits). Fake: -E log(1 - D(G(z))) = E softplus(fakeLogits).</summary>
    public static DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits)
    {
        using var scope = NewDisposeScope();
        return new DiscriminatorTerms(
            softplus(-realLogits).mean().MoveToOuterDisposeScope(),
            softplus(fakeLogits).mean().MoveToOuterDisposeScope());
    }
}
