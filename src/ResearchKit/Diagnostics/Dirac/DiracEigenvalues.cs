using System.Numerics;
using ResearchKit.Registers;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics.Dirac;

/// <summary>The eigenvalues of the Dirac game at its equilibrium in closed form, to hold beside those that <see cref="DiracGan"/>
/// measures.</summary>
/// <remarks>Near (0, 0) every smooth game of it is theta' = c psi, psi' = -c theta - d psi. The rotation c is f'(0) of the paper: 1/2 for
/// the minimax, non-saturating and relativistic pairing losses, 1 for Wasserstein, hinge, relativistic average and least squares. The
/// damping d is 0 for a game without penalty; R1 and R2 add their gamma; instance noise of standard deviation s adds the second derivative
/// of D's loss by its slope: s^2 / 2 for the cross-entropy and relativistic losses, 4 s^2 for least squares, 0 for Wasserstein and hinge.
/// Mescheder, Geiger and Nowozin, arXiv:1801.04406, sections 2 and 3; several steps of D, two learning rates and all losses but the paper's
/// own by the same algebra.</remarks>
public static class DiracEigenvalues
{
    /// <summary>Of gradient flow: (-d +- sqrt(d^2 - 4 c^2)) / 2. On the imaginary axis, +-ic, without damping; real parts below 0 with
    /// it.</summary>
    /// <param name="rotation">c, above 0.</param>
    /// <param name="damping">d, at least 0.</param>
    /// <returns>Two numbers per unit of time, the one with the greater imaginary part (else the greater real part) first.</returns>
    public static IReadOnlyList<Complex> Flow(double rotation, double damping) =>
        OfMatrix(new[,] { { 0, rotation }, { -rotation, -damping } });

    /// <summary>Of one step of gradient descent, D's steps and G's together: the state's distance is multiplied by their modulus, so it
    /// shrinks where both are below 1.</summary>
    /// <param name="rotation">c, above 0.</param>
    /// <param name="damping">d, at least 0.</param>
    /// <param name="updates">The steps; without Adam.</param>
    /// <returns>Two numbers. Simultaneous steps of h without damping: 1 +- ihc, of modulus sqrt(1 + h^2 c^2) above 1. Alternating: on the
    /// unit circle as long as h c sqrt(n) is at most 2, with n steps of D.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or it is Adam, whose steps do not shrink with the
    /// gradient.</exception>
    public static IReadOnlyList<Complex> Steps(double rotation, double damping, DiracUpdates updates)
    {
        RequireDescent(updates);
        var (g, d) = (updates.GeneratorLearningRate * rotation, updates.DiscriminatorLearningRate * rotation);
        var (keeps, pushes) = (1.0, 0.0); // after D's steps psi is keeps * psi - pushes * d * theta
        for (var k = 0; k < updates.DiscriminatorSteps; k++)
        {
            var factor = 1 - (updates.DiscriminatorLearningRate * damping);
            (keeps, pushes) = (keeps * factor, (pushes * factor) + 1);
        }

        return OfMatrix(updates.Simultaneous
            ? new[,] { { 1, g }, { -pushes * d, keeps } }
            : new[,] { { 1 - (g * pushes * d), g * keeps }, { -pushes * d, keeps } });
    }

    internal static IReadOnlyList<Complex> OfMatrix(double[,] m)
    {
        var middle = (m[0, 0] + m[1, 1]) / 2;
        var half = (m[0, 0] - m[1, 1]) / 2;
        // from the difference, not from trace and determinant: nothing cancels
        var root = Complex.Sqrt((half * half) + (m[0, 1] * m[1, 0]));
        return [.. new[] { middle + root, middle - root }.OrderByDescending(v => v.Imaginary).ThenByDescending(v => v.Real)];
    }

    internal static void RequireDescent(DiracUpdates updates)
    {
        OptionRanges.Check(updates);
        ThrowIf(updates.Adam,
            "Adam's steps do not shrink with the gradient, so they have no eigenvalues at the equilibrium: look at the " +
                "orbit.", nameof(updates));
    }

    // The derivative of a map of the plane at the equilibrium, from differences; the error is about 1e-10 for the kit's losses. Rows: the
    // outputs theta and psi; columns: by theta and by psi.
    internal static double[,] Derivative(Func<DiracPoint, DiracPoint> map)
    {
        var (wide, narrow) = (Differences(map, 1e-3), Differences(map, 5e-4));
        var result = new double[2, 2];
        foreach (var (i, j) in ((int, int)[])[(0, 0), (0, 1), (1, 0), (1, 1)])
        {
            result[i, j] = ((4 * narrow[i, j]) - wide[i, j]) / 3; // Richardson: takes the error from h^2 to h^4
            if (Math.Abs(narrow[i, j] - wide[i, j]) > 1e-3 * (1 + Math.Abs(wide[i, j])))
            {
                throw new InvalidOperationException("The game's velocity jumps at the equilibrium, so it has no derivative and no " +
                    "eigenvalues there: look at the orbit.");
            }
        }

        return result;
    }

    private static double[,] Differences(Func<DiracPoint, DiracPoint> map, double h)
    {
        DiracPoint Slope(DiracPoint ahead, DiracPoint behind) =>
            new((ahead.Theta - behind.Theta) / (2 * h), (ahead.Psi - behind.Psi) / (2 * h));
        var byTheta = Slope(map(new(h, 0)), map(new(-h, 0)));
        var byPsi = Slope(map(new(0, h)), map(new(0, -h)));
        return new[,] { { byTheta.Theta, byPsi.Theta }, { byTheta.Psi, byPsi.Psi } };
    }
}
