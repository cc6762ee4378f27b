using ResearchKit.Losses;

namespace ResearchKit.Tests.Diagnostics.Dirac;

/// <summary>What a loss is in the Dirac game, by hand.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Rotation">c: the eigenvalues of the plain game are +-ic.</param>
/// <param name="NoiseDamping">The damping by instance noise over its variance.</param>
/// <param name="Spiral">k of the slow contraction d(r^2)/dt = -k r^4, the mean over a turn near the equilibrium: 0 where the flow is a
/// circle.</param>
public sealed record DiracLaw(IAdversarialLoss Loss, double Rotation, double NoiseDamping, double Spiral)
{
    public static IReadOnlyList<DiracLaw> All { get; } =
    [
        new(new MinimaxLoss(), 0.5, 0.5, 0),
        new(new NonSaturatingLoss(), 0.5, 0.5, 1.0 / 8),
        new(new LeastSquaresLoss(), 1, 4, 1),
        new(new WassersteinLoss(), 1, 0, 0),
        new(new HingeLoss(), 1, 0, 0),
        new(new RelativisticAverageLoss(), 1, 0.5, 1.0 / 4),
        new(new RelativisticPairingLoss(), 0.5, 0.5, 1.0 / 8),
    ];

    public override string ToString() => Loss.GetType().Name;
}
