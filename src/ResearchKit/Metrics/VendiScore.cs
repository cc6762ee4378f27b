using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics;

/// <summary>Vendi Score: how many different things a set holds, seen through a similarity. It needs no real set.</summary>
/// <remarks>Friedman and Dieng, arXiv:2210.02410, definition 3.1: exp of the entropy of the eigenvalues of K / N; other orders as in
/// Pasarkar and Dieng, arXiv:2310.12952. In float64 on the CPU. Deviations: none. Cosines of a network's own features, which are seldom
/// negative, are all near 1 and see lost classes only on average; <see cref="FeatureWhitening"/> takes them from the real mean and makes
/// all directions count alike.</remarks>
public static class VendiScore
{
    /// <summary>Scores a similarity matrix.</summary>
    /// <param name="similarity">Shape (N, N), symmetric, positive semidefinite, with ones on its diagonal; any float dtype and
    /// device.</param>
    /// <param name="order">Order of the entropy, above 0: 1 is Shannon's, as published; infinity looks only at the largest eigenvalue.
    /// Small orders give rare things more weight.</param>
    /// <returns>From 1 (all alike) to N (all different).</returns>
    /// <exception cref="ArgumentException">The matrix is not square or not symmetric, a diagonal entry is not 1 (each to 1e-5), or a number
    /// is NaN or infinite.</exception>
    public static double Of(Tensor similarity, double order = 1)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var k = FeatureMatrix.Checked(similarity, nameof(similarity), minimumRows: 1);
        ThrowIf(k.shape[0] != k.shape[1] || (k - k.t()).abs().max().item<double>() > 1e-5
            || (k.diagonal() - 1).abs().max().item<double>() > 1e-5,
            $"A similarity matrix is square and symmetric with ones on its diagonal; this one, of shape ({k.shape[0]}, {k.shape[1]}), is " +
                "not.", nameof(similarity));

        return OfEigenvalues(k / k.shape[0], order);
    }

    /// <summary>Scores features by the cosines between them.</summary>
    /// <param name="features">Shape (N, D), any float dtype and device; no row of zeros.</param>
    /// <param name="order">As above.</param>
    /// <returns>From 1 to the smaller of N and D. Takes the smaller of the (N, N) and the (D, D) problem: their eigenvalues above 0 are the
    /// same.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, there is no row, a row is all zeros, or a number is NaN or infinite.</exception>
    public static double OfFeatures(Tensor features, double order = 1)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(features, nameof(features), minimumRows: 1);
        var length = x.norm(1, keepdim: true); // (N, 1)
        if (length.min().item<double>() == 0)
        {
            throw new ArgumentException($"Row {length.argmin().item<long>()} of the features (counted from 0) is all zeros and has no " +
                $"direction; leave such samples out.", nameof(features));
        }

        x = x / length;
        var gram = x.shape[0] <= x.shape[1] ? x.matmul(x.t()) : x.t().matmul(x);
        return OfEigenvalues(gram / x.shape[0], order);
    }

    private static double OfEigenvalues(Tensor matrix, double order)
    {
        ThrowIfOutside(!(order > 0), order, "The order of the entropy must be above 0.");
        var p = linalg.eigvalsh(matrix).data<double>().ToArray().Where(v => v > 0).ToArray();
        return order switch
        {
            1 => Math.Exp(-p.Sum(v => v * Math.Log(v))),
            double.PositiveInfinity => 1 / p.Max(),
            _ => Math.Pow(p.Sum(v => Math.Pow(v, order)), 1 / (1 - order)),
        };
    }
}
