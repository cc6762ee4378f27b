namespace ResearchKit.Losses;

/// <summary>The two objectives of an adversarial game, as pure functions of logits. Both players minimise.</summary>
/// <remarks>Logits have shape (B), or (B, J, P) of J judges side by side with P places each (<see cref="Models.MoCoGanDiscriminator"/>):
/// then each expectation is a judge's mean, and the judges' losses are summed.</remarks>
public interface IAdversarialLoss
{
    /// <summary>True where G's objective looks at real logits too (relativistic losses): the trainer then computes them.</summary>
    bool GeneratorSeesReal => false;

    /// <summary>What D's number for a sample means.</summary>
    LogitKind Logits { get; }

    /// <summary>What the discriminator minimises, split in its two terms.</summary>
    /// <param name="realLogits">D's logits for real samples, shape (B).</param>
    /// <param name="fakeLogits">D's logits for generated samples, shape (B).</param>
    /// <returns>Two scalars in nats or logit units; their sum is the loss. The caller disposes them.</returns>
    DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits);

    /// <summary>What the generator minimises.</summary>
    /// <param name="realLogits">D's logits for real samples, shape (B); null unless <see cref="GeneratorSeesReal"/>.</param>
    /// <param name="fakeLogits">D's logits for generated samples, shape (B), with their graph back to G.</param>
    /// <returns>A scalar. The caller disposes it.</returns>
    Tensor Generator(Tensor? realLogits, Tensor fakeLogits);
}

/// <summary>The two terms of a discriminator's loss.</summary>
/// <param name="Real">The term of the real samples, a scalar.</param>
/// <param name="Fake">The term of the generated samples, a scalar.</param>
public readonly record struct DiscriminatorTerms(Tensor Real, Tensor Fake)
{
    /// <summary>The loss: the sum of both terms. The caller disposes it.</summary>
    public Tensor Sum() => Real + Fake;

    /// <summary>The terms that two formulas give; what else they make is disposed.</summary>
    internal static DiscriminatorTerms Of(Func<Tensor> real, Func<Tensor> fake) => new(Formula.Of(real), Formula.Of(fake));
}

/// <summary>What the number that D gives a sample means under a loss. Parts that read logits work with some kinds only.</summary>
public enum LogitKind
{
    /// <summary>Log odds of "real": 0 is undecided, sigmoid gives the probability. The cross-entropy games.</summary>
    LogOdds,

    /// <summary>A signed margin: above 0 for real, below 0 for generated. The hinge game.</summary>
    Margin,

    /// <summary>An estimate of a label, 1 for real and 0 for generated. The least-squares game.</summary>
    Label,

    /// <summary>A critic's value: only differences matter, on a scale that the critic's slope sets. The Wasserstein game.</summary>
    Value,

    /// <summary>Only the difference of a real and a generated sample's logit matters. The relativistic games.</summary>
    Relative,
}

internal static class Formula
{
    /// <summary>A formula's value, with its graph; its other tensors are disposed.</summary>
    public static Tensor Of(Func<Tensor> formula)
    {
        using var scope = NewDisposeScope();
        return formula().MoveToOuterDisposeScope();
    }

    /// <summary>The mean over all samples; of judges side by side, shape (B, J, P), the sum of their means.</summary>
    public static Tensor Mean(Tensor values) => values.dim() == 3 ? values.mean() * values.shape[1] : values.mean();

    /// <summary>The mean over all samples, of each judge by itself: what broadcasts against the values.</summary>
    public static Tensor MeanOfEach(Tensor values) => values.dim() == 3 ? values.mean([0, 2], keepdim: true) : values.mean();
}
