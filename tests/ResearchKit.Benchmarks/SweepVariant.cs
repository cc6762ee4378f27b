using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Training;
using ResearchKit.Training.Penalties;
using ResearchKit.Training.Schedules;

namespace ResearchKit.Benchmarks;

/// <summary>One row of <see cref="StabilitySweep"/>: DCGAN's recipe with one thing changed.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Normalization">D's normalisation.</param>
/// <param name="Options">The trainer's options for a number of steps.</param>
/// <param name="Penalties">Makes the penalties on D.</param>
internal sealed record SweepVariant(string Name, DiscriminatorNormalization Normalization, Func<int, TrainerOptions> Options, Func<IReadOnlyList<IDiscriminatorPenalty>> Penalties)
{
    private const DiscriminatorNormalization None = DiscriminatorNormalization.None;
    private const double Base = 1e-3;

    public static IReadOnlyList<SweepVariant> All { get; } =
    [
        new("base", None, _ => Rates(Base), () => []),
        new("batch norm", DiscriminatorNormalization.Batch, _ => Rates(Base), () => []),
        new("spectral norm", DiscriminatorNormalization.Spectral, _ => Rates(Base), () => []),
        new("R1", None, _ => Rates(Base), () => [new R1Penalty(1)]),
        new("label smoothing", None, _ => Rates(Base), () => [new LabelSmoothing(0.1)]),
        new("D 4 times faster", None, _ => Rates(Base / 2, Base * 2), () => []),
        new("G 4 times faster", None, _ => Rates(Base * 2, Base / 2), () => []),
        new("2 steps of D", None, _ => Rates(Base) with { DiscriminatorSteps = 2 }, () => []),
        new("5 steps of D", None, _ => Rates(Base) with { DiscriminatorSteps = 5 }, () => []),
        new("beta1 0", None, _ => Rates(Base) with { Beta1 = 0 }, () => []),
        new("beta1 0.9", None, _ => Rates(Base) with { Beta1 = 0.9 }, () => []),
        new("cosine to 0", None, n => Rates(new CosineSchedule(Base, 0, n)), () => []),
        new("rate 2e-4", None, _ => Rates(2e-4), () => []),
        new("rate 2e-4 batch norm", DiscriminatorNormalization.Batch, _ => Rates(2e-4), () => []),
        new("rate 0.1", None, _ => Rates(0.1), () => []),
        new("rate 0.1 R1", None, _ => Rates(0.1), () => [new R1Penalty(1)]),
    ];

    private static TrainerOptions Rates(Schedule rate) => Rates(rate, rate);

    private static TrainerOptions Rates(Schedule generator, Schedule discriminator) => new() { GeneratorLearningRate = generator, DiscriminatorLearningRate = discriminator };
}
