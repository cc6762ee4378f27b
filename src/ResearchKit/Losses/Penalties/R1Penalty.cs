namespace ResearchKit.Losses.Penalties;

/// <summary>R1: half of gamma times the mean squared slope of D at real samples.</summary>
/// <remarks>Mescheder, Geiger and Nowozin, arXiv:1801.04406, eq. 9: gamma/2 E ||grad D(x)||^2, summed over all values of a sample.
/// Deviations: none.</remarks>
public sealed class R1Penalty : IDiscriminatorPenalty
{
    /// <summary>Creates the penalty.</summary>
    /// <param name="gamma">Its weight, at least 0; 10 in the paper's image experiments. What fits depends on the size of the
    /// samples.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is negative.</exception>
    public R1Penalty(double gamma)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gamma);
        Gamma = gamma;
    }

    /// <summary>The weight.</summary>
    public double Gamma { get; }

    /// <inheritdoc/>
    public SlopeSites Sites => SlopeSites.Real;

    /// <inheritdoc/>
    public Tensor Compute(DiscriminatorPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using var slopes = pass.RealSlopes();
        return MeanSquare(slopes, Gamma);
    }

    internal static Tensor MeanSquare(Tensor slopes, double gamma)
    {
        using var scope = NewDisposeScope();
        return (slopes.square().sum(1).mean() * (gamma / 2)).MoveToOuterDisposeScope();
    }
}
