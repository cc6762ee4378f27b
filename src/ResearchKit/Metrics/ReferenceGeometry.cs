using System.Globalization;

namespace ResearchKit.Metrics;

/// <summary>How a real set lies in the space of its features. Values of two real sets compare only where this is alike: a distance is
/// large where the features are, and neighbourhoods are wide where samples are few.</summary>
/// <param name="EffectiveRank">How many directions the features vary in: exp of the entropy of the covariance's eigenvalues, from 1 to
/// <paramref name="Features"/>.</param>
/// <param name="Features">Numbers in a feature vector.</param>
/// <param name="TotalVariance">The sum of the features' variances: the Fréchet distance of a generator that makes one mean image.</param>
/// <param name="NeighbourDistance">The mean distance to the fifth nearest other sample, in units of the root of
/// <paramref name="TotalVariance"/>; of about 1,000 samples at most.</param>
/// <remarks>Roy and Vetterli, "The effective rank" (EUSIPCO 2007); why it belongs beside a FID: arXiv:2605.29335.</remarks>
public sealed record ReferenceGeometry(double EffectiveRank, long Features, double TotalVariance, double NeighbourDistance)
{
    private const int Neighbour = 5;
    private const long MostRows = 1000;

    /// <summary>Measures a set.</summary>
    /// <param name="real">At least 7 samples.</param>
    /// <returns>Null where the set is smaller or does not vary.</returns>
    public static ReferenceGeometry? Of(FeatureSet real)
    {
        if (real.Count <= Neighbour + 1)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(real.Features, nameof(real));
        var c = x - x.mean([0], keepdim: true);
        var gram = (x.shape[0] < x.shape[1] ? c.matmul(c.t()) : c.t().matmul(c)) / (x.shape[0] - 1);
        var variances = linalg.eigvalsh(gram).clamp_min(0);
        var total = variances.sum().item<double>();
        if (!(total > 0))
        {
            return null;
        }

        var p = variances / total;
        var rank = Math.Exp(-p.xlogy(p).sum().item<double>());
        var radii = Neighbours.Radii(x.slice(0, 0, x.shape[0], Math.Max(1, x.shape[0] / MostRows)), Neighbour);
        return new ReferenceGeometry(rank, x.shape[1], total, radii.sqrt_().mean().item<double>() / Math.Sqrt(total));
    }

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"effective rank {EffectiveRank:0.#} of {Features}, total variance {TotalVariance:G4}, fifth neighbour at " +
            $"{NeighbourDistance:0.###} of its root");
}
