namespace ResearchKit.Losses;

/// <summary>The two objectives of an adversarial game, as pure functions of logits. Both players minimise.</summary>
public interface IAdversarialLoss
{
    /// <summary>True where the generator's objective looks at real logits too (relativistic losses): the trainer then computes
    /// them.</summary>
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
