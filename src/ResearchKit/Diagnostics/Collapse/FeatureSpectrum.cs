using System.Globalization;
using ResearchKit.Metrics;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics.Collapse;

/// <summary>In how many directions features vary around a point. A generator that loses modes loses directions, seen from the real
/// features' mean.</summary>
/// <param name="Samples">Samples, N.</param>
/// <param name="Eigenvalues">Of the features' covariance, or of their mean square around a point, greatest first: the variances along its
/// axes. The smaller of N and D of them; the others are 0.</param>
/// <param name="Rank">Eigenvalues above rounding: the greatest times max(N, D) times 2^-52, as NumPy's matrix_rank takes it.</param>
/// <param name="EffectiveRank">exp of the entropy of the eigenvalues' shares, from 1 to <paramref name="Rank"/>; 0 where nothing
/// varies.</param>
/// <param name="ParticipationRatio">(sum of the eigenvalues)^2 / sum of their squares, from 1 to <paramref name="Rank"/>, never above the
/// effective rank; 0 where nothing varies.</param>
/// <param name="Directions95">The fewest axes that hold 95 % of the variance.</param>
/// <remarks>Roy and Vetterli, "The effective rank", EUSIPCO 2007, definitions 1 and 2, of the covariance matrix: its singular values are
/// its eigenvalues, that is the squares of the centred features' singular values (whose own effective rank, which some call RankMe, is
/// greater). In float64. Few samples show few directions: compare only at equal N. Deviations: none. Around their own mean the features of
/// one class alone fill more directions than those of ten, since the few directions between classes no longer outweigh the many within: the
/// covariance is blind to the loss of whole classes. Around the real mean the effective rank falls with the classes kept on average, but
/// not in each order of the classes: a few loud directions hold most of the variance. <see cref="FeatureWhitening"/> mends that on both of
/// the kit's sets, and so do class probabilities.</remarks>
public sealed record FeatureSpectrum(long Samples, IReadOnlyList<double> Eigenvalues, int Rank, double EffectiveRank,
    double ParticipationRatio, int Directions95)
{
    /// <summary>The sum of the eigenvalues.</summary>
    public double Variance => Eigenvalues.Sum();

    /// <summary>Measures features.</summary>
    /// <param name="features">Shape (N, D), N >= 2, any float dtype and device.</param>
    /// <param name="around">The point around which they vary, shape (D): the mean of real features to see lost classes. Null for the
    /// features' own mean, with N - 1 in place of N.</param>
    /// <exception cref="ArgumentException">Rank is not 2, there are fewer than 2 rows, the widths differ, or a number is NaN or
    /// infinite.</exception>
    public static FeatureSpectrum Of(Tensor features, Tensor? around = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = FeatureMatrix.Checked(features, nameof(features));
        var (n, d) = (x.shape[0], x.shape[1]);
        var rounding = Math.Max(n, d) * Math.Pow(2, -52);
        var floor = n * d * Math.Pow(rounding * x.abs().max().item<double>(), 2); // of equal rows nothing is left but the mean's rounding
        ThrowIf(around is not null && (around.dim() != 1 || around.shape[0] != d),
            $"The features are {d} wide, so they vary around a point of shape ({d}), not {Shape(around)}.", nameof(around));
        x = x - (around is null ? x.mean([0]) : FeatureMatrix.Checked(around.unsqueeze(0), nameof(around), minimumRows: 1));
        var gram = n <= d ? x.matmul(x.t()) : x.t().matmul(x); // the smaller: their eigenvalues above 0 are the same
        double[] values = [.. linalg.eigvalsh(gram / (around is null ? n - 1 : n)).data<double>().ToArray().Reverse()
            .Select(v => Math.Max(v, 0))];
        if (values.Sum() <= floor)
        {
            return new FeatureSpectrum(n, [.. values.Select(_ => 0.0)], 0, 0, 0, 0);
        }

        var (sum, part, directions) = (values.Sum(), 0.0, 0);
        while (part < 0.95 * sum)
        {
            part += values[directions++];
        }

        return new FeatureSpectrum(n, values, values.Count(v => v > rounding * values[0]), Effective(values),
            sum * sum / values.Sum(v => v * v), directions);
    }

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"effective rank {EffectiveRank:0.00} of {Eigenvalues.Count} directions (participation ratio {ParticipationRatio:0.00}, rank " +
            $"{Rank}), 95 % of the variance in {Directions95}, {Samples:N0} samples");

    // exp of the entropy of the values as shares of their sum.
    private static double Effective(double[] values)
    {
        var sum = values.Sum();
        return Math.Exp(-values.Where(v => v > 0).Sum(v => v / sum * Math.Log(v / sum)));
    }
}
