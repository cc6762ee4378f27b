using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Training.Augmentation;

namespace ResearchKit.Training;

/// <summary>What G and D play: a loss, and what is put around it. Its parts stay the caller's.</summary>
/// <param name="Loss">Both players' objectives.</param>
/// <param name="Penalties">Terms that are added to D's loss in the steps where they are due; null for none.</param>
/// <param name="Augmentations">What samples go through, in this order, before D sees them; null for nothing.</param>
/// <param name="GeneratorPenalties">Terms that G is trained down in steps of its own; null for none.</param>
/// <example><code>var game = new Game(new NonSaturatingLoss(), [new R1Penalty(0.1)]);</code></example>
public sealed record Game(IAdversarialLoss Loss, IReadOnlyList<IDiscriminatorPenalty>? Penalties = null,
    IReadOnlyList<IAugmentation>? Augmentations = null, IReadOnlyList<IGeneratorPenalty>? GeneratorPenalties = null)
{
    /// <summary>Terms that are added to D's loss in the steps where they are due.</summary>
    public IReadOnlyList<IDiscriminatorPenalty> Penalties { get; } = Penalties ?? [];

    /// <summary>What samples go through, in this order, before D sees them.</summary>
    public IReadOnlyList<IAugmentation> Augmentations { get; } = Augmentations ?? [];

    /// <summary>Terms that G is trained down in steps of its own.</summary>
    public IReadOnlyList<IGeneratorPenalty> GeneratorPenalties { get; } = GeneratorPenalties ?? [];
}
