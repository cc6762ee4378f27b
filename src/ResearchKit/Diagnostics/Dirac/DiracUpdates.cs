using System.Globalization;

namespace ResearchKit.Diagnostics.Dirac;

/// <summary>How both players of the Dirac game take their steps. As it stands: gradient descent with steps of 0.1, D first, then G against
/// the new D.</summary>
public sealed record DiracUpdates
{
    /// <summary>The size of G's step, above 0.</summary>
    public double GeneratorLearningRate { get; init; } = 0.1;

    /// <summary>The size of D's step, above 0.</summary>
    public double DiscriminatorLearningRate { get; init; } = 0.1;

    /// <summary>D's steps for each step of G, at least 1.</summary>
    public int DiscriminatorSteps { get; init; } = 1;

    /// <summary>True to move G against the D from before its step; false, as the trainer does it, against the new one.</summary>
    public bool Simultaneous { get; init; }

    /// <summary>True for Adam (arXiv:1412.6980), as PyTorch has it, in place of plain gradient descent.</summary>
    public bool Adam { get; init; }

    /// <summary>Adam's decay of the mean gradient, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Adam's decay of the mean squared gradient, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What D's slope is clipped to after each of its steps, above 0 (arXiv:1701.07875, algorithm 1); null for nothing.</summary>
    public double? Clip { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; names the option, the value and the range.</exception>
    public void Validate()
    {
        Require(GeneratorLearningRate > 0 && double.IsFinite(GeneratorLearningRate), nameof(GeneratorLearningRate), GeneratorLearningRate,
            "a finite number above 0");
        Require(DiscriminatorLearningRate > 0 && double.IsFinite(DiscriminatorLearningRate), nameof(DiscriminatorLearningRate),
            DiscriminatorLearningRate, "a finite number above 0");
        Require(DiscriminatorSteps >= 1, nameof(DiscriminatorSteps), DiscriminatorSteps, "at least 1");
        Require(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "in [0, 1)");
        Require(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "in [0, 1)");
        Require(Clip is null or > 0, nameof(Clip), Clip ?? 1, "above 0");
    }

    /// <summary>One player's way of moving: its number and the velocity that it would like to have there, to its next number.</summary>
    internal Func<double, double, double> Mover(double learningRate)
    {
        if (!Adam)
        {
            return (at, velocity) => at + (learningRate * velocity);
        }

        var (mean, square, step) = (0.0, 0.0, 0);
        return (at, velocity) =>
        {
            step++;
            mean = (Beta1 * mean) + ((1 - Beta1) * velocity);
            square = (Beta2 * square) + ((1 - Beta2) * velocity * velocity);
            var deviation = Math.Sqrt(square / (1 - Math.Pow(Beta2, step))) + 1e-8;
            return at + (learningRate * mean / (1 - Math.Pow(Beta1, step)) / deviation);
        };
    }

    private static void Require(bool holds, string name, double value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"DiracUpdates.{name} is {value}; it must be {range}."), name);
        }
    }
}
