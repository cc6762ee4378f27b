using MathNet.Numerics;

namespace ResearchKit.Statistics;

/// <summary>A straight line through the Fréchet distances of ever larger parts of one set, and how far its value at 1/n = 0 may be
/// off.</summary>
/// <remarks>
/// Plain least squares. The parts overlap and the largest one is the whole set, so the usual interval, which takes the points' errors for
/// independent, holds the truth in 7 of 10 cases only (measured on Gaussians). Here a part of n of N rows scatters about the whole set's
/// distance with variance v (1/n - 1/N), as a mean does under drawing without replacement; v is had from the residuals, and the sets' own
/// scatter, v / N and v / M, is added. The degrees of freedom are Satterthwaite's.
/// </remarks>
internal sealed record LineFit(double Intercept, double Slope, double HalfWidth)
{
    /// <summary>Fits.</summary>
    /// <param name="counts">Rows of each part, the last one all of them.</param>
    /// <param name="values">Their distances.</param>
    /// <param name="otherCount">Rows of the other set; infinite where it is known exactly.</param>
    public static LineFit Of(IReadOnlyList<int> counts, IReadOnlyList<double> values, double otherCount)
    {
        var points = counts.Count;
        var x = counts.Select(n => 1.0 / n).ToArray();
        var meanX = x.Average();
        var spread = x.Sum(v => (v - meanX) * (v - meanX));
        var (intercept, slope) = Fit.Line(x, [.. values]);
        var residuals = x.Zip(values, (a, b) => b - intercept - slope * a).Sum(r => r * r);

        // With the hat matrix h, the residuals are (1 - h) errors; expected squares are the trace of (1 - h) scatter.
        var scatter = counts.Select(n => 1.0 / n - 1.0 / counts[^1]).ToArray();
        var (trace, traceOfSquare, ofIntercept) = (0.0, 0.0, 1.0 / counts[^1] + 1 / otherCount);
        for (var i = 0; i < points; i++)
        {
            var weight = 1.0 / points - meanX * (x[i] - meanX) / spread; // of point i in the intercept
            ofIntercept += weight * weight * scatter[i];
            trace += Rest(i, i) * scatter[i];
            for (var j = 0; j < points; j++)
            {
                traceOfSquare += Rest(i, j) * Rest(i, j) * scatter[i] * scatter[j];
            }
        }

        return new LineFit(intercept, slope,
            StudentDistribution.Factor(0.95, Math.Max(1, trace * trace / traceOfSquare)) * Math.Sqrt(residuals / trace * ofIntercept));

        double Rest(int i, int j) => (i == j ? 1 : 0) - 1.0 / points - (x[i] - meanX) * (x[j] - meanX) / spread;
    }
}
