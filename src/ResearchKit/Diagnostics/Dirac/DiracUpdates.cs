using System.ComponentModel.DataAnnotations;

namespace ResearchKit.Diagnostics.Dirac;

/// <summary>How both players of the Dirac game take their steps. As it stands: gradient descent with steps of 0.1, D first, then G against
/// the new D.</summary>
public sealed record DiracUpdates
{
    /// <summary>The size of G's step, above 0.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double GeneratorLearningRate { get; init; } = 0.1;

    /// <summary>The size of D's step, above 0.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double DiscriminatorLearningRate { get; init; } = 0.1;

    /// <summary>D's steps for each step of G, at least 1.</summary>
    [Range(1, int.MaxValue)]
    public int DiscriminatorSteps { get; init; } = 1;

    /// <summary>True to move G against the D from before its step; false, as the trainer does it, against the new one.</summary>
    public bool Simultaneous { get; init; }

    /// <summary>True for Adam (arXiv:1412.6980), as PyTorch has it, in place of plain gradient descent.</summary>
    public bool Adam { get; init; }

    /// <summary>Adam's decay of the mean gradient, in [0, 1).</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Adam's decay of the mean squared gradient, in [0, 1).</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What D's slope is clipped to after each of its steps, above 0 (arXiv:1701.07875, algorithm 1); null for nothing.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double? Clip { get; init; }

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
}
