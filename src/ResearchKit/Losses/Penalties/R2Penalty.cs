namespace ResearchKit.Losses.Penalties;

/// <summary>R2: half of gamma times the mean squared slope of D at generated samples.</summary>
/// <remarks>Mescheder, Geiger and Nowozin, arXiv:1801.04406, eq. 10. Together with <see cref="R1Penalty"/> it is what R3GAN uses
/// (arXiv:2501.05441). Deviations: none.</remarks>
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
    public SlopeSites Sites => SlopeSites.Fake;

    /// <inheritdoc/>
    public Tensor Compute(DiscriminatorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using var slopes = pass.FakeSlopes();
        return R1Penalty.MeanSquare(slopes, Gamma);
    }
}
