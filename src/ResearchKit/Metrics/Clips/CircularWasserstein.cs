namespace ResearchKit.Metrics.Clips;

/// <summary>The Wasserstein-1 distance of two samples of angles: the least mean turn that makes one of the other.</summary>
/// <remarks>On a circle it is the area between the distribution functions after the best constant is taken off, which is the median of
/// their difference (Rabin, Delon and Gousseau, Transportation distances on the circle, 2011). Computed on whole degrees: an angle counts
/// as the nearest one.</remarks>
public static class CircularWasserstein
{
    private const int Degrees = 360;

    /// <summary>The distance.</summary>
    /// <param name="generated">Angles in degrees, at least one.</param>
    /// <param name="real">Likewise.</param>
    /// <returns>Degrees, from 0 to 180.</returns>
    /// <exception cref="ArgumentException">A sample is empty.</exception>
    public static double Of(IReadOnlyCollection<double> generated, IReadOnlyCollection<double> real)
    {
        if (generated.Count == 0 || real.Count == 0)
        {
            throw new ArgumentException("The distance of samples of angles needs one of each at least.", nameof(generated));
        }

        var (x, y) = (Shares(generated), Shares(real));
        var (sum, differences) = (0.0, new double[Degrees]);
        for (var i = 0; i < Degrees; i++)
        {
            sum += x[i] - y[i];
            differences[i] = sum; // F - G up to this degree
        }

        var ordered = differences.Order().ToArray();
        var median = (ordered[(Degrees / 2) - 1] + ordered[Degrees / 2]) / 2;
        return differences.Sum(d => Math.Abs(d - median));
    }

    private static double[] Shares(IReadOnlyCollection<double> angles)
    {
        var shares = new double[Degrees];
        foreach (var angle in angles)
        {
            var degree = (int)Math.Round(angle % Degrees + Degrees) % Degrees;
            shares[degree] += 1.0 / angles.Count;
        }

        return shares;
    }
}
