using static TorchSharp.torch;

namespace ResearchKit.Losses;

/// <summary>R1: half of gamma times the mean squared slope of D at real samples.</summary>
/// <remarks>Mescheder, Geiger and Nowozin, arXiv:1801.04406, eq. 9: gamma/2 E ||grad D(x)||^2, summed over all values of a sample. Deviations: none.</remarks>
public sealed class R1Penalty : IDiscriminatorPenalty
{
    /// <summary>Creates the penalty.</summary>
    /// <param name="gamma">Its weight, at least 0; 10 in the paper's image experiments. What fits depends on the size of the samples.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is negative.</exception>
    public R1Penalty(double gamma)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gamma);
        Gamma = gamma;
    }

    /// <summary>The weight.</summary>
    public double Gamma { get; }

    /// <inheritdoc/>
    public Tensor Compute(nn.Module<Tensor, Tensor> discriminator, Tensor real, Tensor fake) => MeanSquaredSlope(discriminator, real, Gamma);

    internal static Tensor MeanSquaredSlope(nn.Module<Tensor, Tensor> discriminator, Tensor samples, double gamma)
    {
        using var scope = NewDisposeScope();
        return (InputGradient.OfLogits(discriminator, samples).square().sum(1).mean() * (gamma / 2)).MoveToOuterDisposeScope();
    }
}
