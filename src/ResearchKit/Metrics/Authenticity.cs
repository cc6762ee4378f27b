namespace ResearchKit.Metrics;

/// <summary>AuthPct: the share of generated samples that are no copies of a training sample.</summary>
/// <remarks>Alaa et al., arXiv:2102.08921, as AuthPct in Stein et al., arXiv:2306.04675: a sample is authentic where the
/// training sample nearest to it is nearer to another training sample. Deviations: none; distances in float64, of equally near training
/// samples the first. It tells how near samples are, not why: good samples of a dense distribution get about 50 %, and bad ones far from
/// all data 100 %.</remarks>
public static class Authenticity
{
    /// <summary>The share of authentic samples.</summary>
    /// <param name="generated">Features of generated samples, shape (N, D), N >= 1, any float dtype and device.</param>
    /// <param name="training">Features of all that the generator was trained on, shape (T, D), T >= 2.</param>
    /// <returns>A percentage, from 0 (all copies) to 100.</returns>
    /// <exception cref="ArgumentException">Rank is not 2, the widths differ, a set has too few rows, or a number is NaN or
    /// infinite.</exception>
    public static double Percent(Tensor generated, Tensor training)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, t) = (FeatureMatrix.Checked(generated, nameof(generated), 1), FeatureMatrix.Checked(training, nameof(training)));
        FeatureMatrix.RequireSameWidth(x.shape[1], t.shape[1], "training");
        var (squares, rows) = Neighbours.Nearest(x, t, 1); // (N, 1)
        var own = Neighbours.Radii(t, 1).index_select(0, rows.flatten()); // (N)
        return 100 * (own < squares.flatten()).to(ScalarType.Float64).mean().item<double>();
    }
}
