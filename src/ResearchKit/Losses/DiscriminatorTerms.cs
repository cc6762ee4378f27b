namespace ResearchKit.Losses;

/// <summary>The two terms of a discriminator's loss.</summary>
/// <param name="Real">The term of the real samples, a scalar.</param>
/// <param name="Fake">The term of the generated samples, a scalar.</param>
public readonly record struct DiscriminatorTerms(Tensor Real, Tensor Fake)
{
    /// <summary>The loss: the sum of both terms. The caller disposes it.</summary>
    public Tensor Sum() => Real + Fake;
}
