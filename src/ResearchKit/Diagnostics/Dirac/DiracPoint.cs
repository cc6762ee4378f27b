namespace ResearchKit.Diagnostics.Dirac;

/// <summary>A state of the Dirac game (<see cref="DiracGan"/>).</summary>
/// <param name="Theta">Where the generated point lies; the real one lies at 0.</param>
/// <param name="Psi">D's slope.</param>
public readonly record struct DiracPoint(double Theta, double Psi)
{
    /// <summary>The distance from the equilibrium (0, 0).</summary>
    public double Radius => Math.Sqrt((Theta * Theta) + (Psi * Psi));

    internal bool IsFinite => double.IsFinite(Theta) && double.IsFinite(Psi);
}
