using ResearchKit.Schedules;

namespace ResearchKit.Losses.Penalties;

/// <summary>Half of gamma times the mean squared slope of D: what <see cref="R1Penalty"/> and <see cref="R2Penalty"/> share.</summary>
public abstract class MeanSquareSlope : IDiscriminatorPenalty
{
    private protected MeanSquareSlope(Schedule gamma) => Gamma = gamma.Require($"The gamma of {GetType().Name}");

    /// <summary>The weight in each step.</summary>
    public Schedule Gamma { get; }

    /// <inheritdoc/>
    public abstract SlopeSites Sites { get; }

    /// <inheritdoc/>
    public bool IsDue(long step) => Gamma.At(step) > 0;

    /// <inheritdoc/>
    public Tensor Compute(DiscriminatorPass pass)
    {
        using var scope = NewDisposeScope();
        var slopes = Sites == SlopeSites.Real ? pass.RealSlopes() : pass.FakeSlopes(); // (B, D)
        return (slopes.square().sum(1).mean() * (Gamma.At(pass.Step) / 2)).MoveToOuterDisposeScope();
    }
}

/// <summary>R1: half of gamma times the mean squared slope of D at real samples.</summary>
/// <param name="gamma">The weight, at least 0 in every step; where it is 0 nothing is computed. 10 in the paper's image experiments, but
/// what fits depends on the size of the samples. R3GAN takes it along half a cosine, from 0.05 to 0.005 on CIFAR-10.</param>
/// <exception cref="ArgumentException">The weight goes below 0 or is not finite.</exception>
/// <remarks>Mescheder, Geiger and Nowozin, arXiv:1801.04406, eq. 9: gamma/2 E ||grad D(x)||^2, summed over all values of a sample.
/// Deviations: none.</remarks>
public sealed class R1Penalty(Schedule gamma) : MeanSquareSlope(gamma)
{
    /// <inheritdoc/>
    public override SlopeSites Sites => SlopeSites.Real;
}

/// <summary>R2: half of gamma times the mean squared slope of D at generated samples.</summary>
/// <param name="gamma">The weight, as that of <see cref="R1Penalty"/>.</param>
/// <exception cref="ArgumentException">The weight goes below 0 or is not finite.</exception>
/// <remarks>Mescheder, Geiger and Nowozin, arXiv:1801.04406, eq. 10. R3GAN (arXiv:2501.05441) uses it together with
/// <see cref="R1Penalty"/>. Deviations: none.</remarks>
public sealed class R2Penalty(Schedule gamma) : MeanSquareSlope(gamma)
{
    /// <inheritdoc/>
    public override SlopeSites Sites => SlopeSites.Fake;
}
