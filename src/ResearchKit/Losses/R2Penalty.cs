using static TorchSharp.torch;

namespace ResearchKit.Losses;

/// <summary>R2: half of gamma times the mean squared slope of D at generated samples.</summary>
/// <remarks>Mescheder, Geiger and Nowozin, arXiv:1801.04406, eq. 10. Together with <see cref="R1Penalty"/> it is what R3GAN uses (arXiv:2501.05441). Deviations: none.</remarks>
public sealed class R2Penalty : IDiscriminatorPenalty
{
    /// <summary>Creates the penalty.</summary>
    /// <param name="gamma">Its weight, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is negative.</exception>
    public R2Penalty(double gamma)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gamma);
        Gamma = gamma;
    }

    /// <summary>The weight.</summary>
    public double Gamma { get; }

    /// <inheritdoc/>
    public Tensor Compute(nn.Module<Tensor, Tensor> discriminator, Tensor real, Tensor fake) => R1Penalty.MeanSquaredSlope(discriminator, fake, Gamma);
}
