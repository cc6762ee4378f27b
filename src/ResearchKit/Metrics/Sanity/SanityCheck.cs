using ResearchKit.Registers;
using ResearchKit.Statistics;

namespace ResearchKit.Metrics.Sanity;

/// <summary>What a metric's curve over the points of a check must look like, on a scale where 1 is good.</summary>
public enum CurveShape
{
    /// <summary>The check claims nothing.</summary>
    Any,

    /// <summary>Best in the middle: at least 0.2 above both ends, and no more than 0.1 below the greatest value.</summary>
    Bell,

    /// <summary>At least 0.2 lower at the end than at the start, and falling on the way (rank correlation at most -0.7).</summary>
    Falls,

    /// <summary>A straight line through it rises or falls by 0.05 at most.</summary>
    Stays,

    /// <summary>Nowhere more than 0.1 above an earlier value.</summary>
    NeverRises,

    /// <summary>Nowhere more than 0.1 below an earlier value.</summary>
    NeverFalls,
}

/// <summary>The sets of one point of a check, float64, (N, D) each.</summary>
/// <param name="Generated">Generated samples.</param>
/// <param name="Real">Real samples.</param>
/// <param name="Training">What the generator was trained on, where the check is about that.</param>
public readonly record struct SanitySets(Tensor Generated, Tensor Real, Tensor? Training = null);

/// <summary>A question with a known answer that a metric of fidelity or diversity is asked.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">What is done to the generated samples.</param>
/// <param name="Widths">Numbers of features at which it is asked.</param>
/// <param name="Points">The amounts for a number of features.</param>
/// <param name="Make">The samples for a number of features and an amount.</param>
/// <param name="Overall">What distances must do.</param>
/// <param name="Fidelity">What metrics of fidelity must do.</param>
/// <param name="Diversity">What metrics of diversity must do.</param>
/// <param name="Memorisation">What metrics of memorisation must do.</param>
public sealed record SanityCheck(string Name, string Title, IReadOnlyList<int> Widths, Func<int, double[]> Points,
    Func<int, double, SanitySets> Make, CurveShape Overall, CurveShape Fidelity, CurveShape Diversity,
    CurveShape Memorisation = CurveShape.Any) : INamed
{
    /// <summary>What metrics of a role must do.</summary>
    /// <param name="role">The role.</param>
    public CurveShape Of(MetricRole role) => role switch
    {
        MetricRole.Fidelity => Fidelity,
        MetricRole.Diversity => Diversity,
        MetricRole.Memorisation => Memorisation,
        _ => Overall,
    };

    /// <summary>Whether a curve has a shape.</summary>
    /// <param name="curve">Scores at the points, 1 being good; at least 2.</param>
    /// <param name="shape">The shape.</param>
    internal static bool Has(double[] curve, CurveShape shape)
    {
        var middle = curve[curve.Length / 2];
        return curve.All(double.IsFinite) && shape switch
        {
            CurveShape.Bell => middle - Math.Max(curve[0], curve[^1]) >= 0.2 && curve.Max() - middle <= 0.1,
            CurveShape.Falls => curve[0] - curve[^1] >= 0.2 && RankCorrelation.Of(Steps(curve), curve) <= -0.7,
            CurveShape.Stays => Math.Abs(Slope(curve)) <= 0.05,
            CurveShape.NeverRises => LargestRise(curve) <= 0.1,
            CurveShape.NeverFalls => LargestRise([.. curve.Select(v => -v)]) <= 0.1,
            _ => true,
        };
    }

    private static double[] Steps(double[] curve) => [.. Enumerable.Range(0, curve.Length).Select(i => (double)i)];

    // From the first point to the last.
    private static double Slope(double[] curve)
    {
        var (x, meanX, meanY) = (Steps(curve), (curve.Length - 1) / 2.0, curve.Average());
        return x.Zip(curve, (a, b) => (a - meanX) * (b - meanY)).Sum() / x.Sum(a => (a - meanX) * (a - meanX)) * (curve.Length - 1);
    }

    private static double LargestRise(double[] curve)
    {
        var (least, rise) = (double.PositiveInfinity, 0.0);
        foreach (var value in curve)
        {
            least = Math.Min(least, value);
            rise = Math.Max(rise, value - least);
        }

        return rise;
    }
}
