namespace ResearchKit.Diagnostics.Dirac;

/// <summary>The derivative of a map of the plane at the equilibrium of <see cref="DiracGan"/>, from differences.</summary>
internal static class DiracDerivative
{
    /// <summary>Rows: the outputs theta and psi; columns: by theta and by psi. The error is about 1e-10 for the kit's losses.</summary>
    /// <exception cref="InvalidOperationException">The map jumps there.</exception>
    public static double[,] Of(Func<DiracPoint, DiracPoint> map)
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
