using System.Globalization;

namespace ResearchKit.Training;

/// <summary>What a <see cref="GanTrainer"/> does. The defaults are DCGAN's (arXiv:1511.06434, section 4).</summary>
public sealed record TrainerOptions
{
    /// <summary>Seeds the noise z. Networks are seeded before they are built (<see cref="Runtime.RandomState.Seed"/>), data where its batches are made.</summary>
    public long Seed { get; init; }

    /// <summary>Adam's step size for G, above 0.</summary>
    public double GeneratorLearningRate { get; init; } = 2e-4;

    /// <summary>Adam's step size for D, above 0.</summary>
    public double DiscriminatorLearningRate { get; init; } = 2e-4;

    /// <summary>Adam's decay of the mean gradient, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Adam's decay of the mean squared gradient, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Discriminator steps for each generator step (k of arXiv:1406.2661, algorithm 1), at least 1.</summary>
    public int DiscriminatorSteps { get; init; } = 1;

    /// <summary>Decay a step of the averaged generator, in [0, 1); 0 means no averaging.</summary>
    public double AverageDecay { get; init; } = 0.999;

    /// <summary>CPU threads that libtorch uses inside an operation; null leaves the choice to <see cref="Runtime.CpuThreads.Default"/>.</summary>
    public int? Threads { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; names the option, the value and the range.</exception>
    public void Validate()
    {
        Positive(GeneratorLearningRate, nameof(GeneratorLearningRate));
        Positive(DiscriminatorLearningRate, nameof(DiscriminatorLearningRate));
        BelowOne(Beta1, nameof(Beta1));
        BelowOne(Beta2, nameof(Beta2));
        BelowOne(AverageDecay, nameof(AverageDecay));
        AtLeastOne(DiscriminatorSteps, nameof(DiscriminatorSteps));
        AtLeastOne(Threads ?? 1, nameof(Threads));
    }

    private static void Positive(double value, string name) => Require(value > 0 && double.IsFinite(value), name, value, "a finite number above 0");

    private static void BelowOne(double value, string name) => Require(value is >= 0 and < 1, name, value, "in [0, 1)");

    private static void AtLeastOne(int value, string name) => Require(value >= 1, name, value, "at least 1");

    private static void Require(bool holds, string name, double value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"TrainerOptions.{name} is {value}; it must be {range}."), name);
        }
    }
}
