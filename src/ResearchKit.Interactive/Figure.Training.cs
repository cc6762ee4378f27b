using ResearchKit.Training;
using PlotlyChart = Plotly.NET.CSharp.Chart;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    /// <summary>Both players' losses over the steps.</summary>
    /// <param name="history">Reports of a training, in order, at least one.</param>
    /// <param name="smoothing">Steps of the moving average, at least 1 (no smoothing).</param>
    /// <exception cref="ArgumentOutOfRangeException">The history is empty, or the smoothing below 1.</exception>
    public static Figure LossCurves(IReadOnlyList<StepReport> history, int smoothing = 25) => Lines(
        history,
        smoothing,
        "Losses over training",
        "loss (nats)",
        ("D, real", s => s.RealLoss),
        ("D, fake", s => s.FakeLoss),
        ("G", s => s.GeneratorLoss));

    /// <summary>D(real) and D(fake) over the steps, with the axis from 0 to 1.</summary>
    /// <inheritdoc cref="LossCurves"/>
    public static Figure Probabilities(IReadOnlyList<StepReport> history, int smoothing = 25)
    {
        var figure = Lines(history, smoothing, "What D believes", "probability of real", ("D(real)", s => s.RealProbability),
            ("D(fake)", s => s.FakeProbability));
        Axis(figure, "yaxis")["range"] = new System.Text.Json.Nodes.JsonArray(0, 1);
        return figure;
    }

    /// <summary>The norms of both players' gradients over the steps.</summary>
    /// <inheritdoc cref="LossCurves"/>
    public static Figure GradientNorms(IReadOnlyList<StepReport> history, int smoothing = 25) => Lines(
        history, smoothing, "Gradient norms over training", "gradient norm", ("D", s => s.DiscriminatorGradientNorm),
            ("G", s => s.GeneratorGradientNorm));

    private static Figure Lines(IReadOnlyList<StepReport> history, int smoothing, string title, string yAxis,
        params (string Name, Func<StepReport, double> Value)[] curves)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentOutOfRangeException.ThrowIfLessThan(history.Count, 1, nameof(history));
        ArgumentOutOfRangeException.ThrowIfLessThan(smoothing, 1);
        var thinning = Math.Max(1, history.Count / 300); // what a screen can show; keeps a notebook small
        var kept = Enumerable.Range(0, history.Count).Where(i => i % thinning == 0 || i == history.Count - 1).ToArray();
        var steps = kept.Select(i => history[i].Step).ToArray();
        var lines = curves.Select(c =>
        {
            var smooth = MovingAverage(history.Select(c.Value).ToArray(), smoothing);
            return PlotlyChart.Line<long, double, string>(x: steps, y: kept.Select(i => Math.Round(smooth[i], 4)).ToArray(), Name: c.Name);
        });
        return Styled(
            PlotlyChart.Combine(lines), title, "generator steps", yAxis,
            $"{title}: {string.Join(", ", curves.Select(c => c.Name))}, steps {steps[0]} to {steps[^1]}, moving average of {smoothing}");
    }

    private static double[] MovingAverage(double[] values, int width)
    {
        var averages = new double[values.Length];
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            sum += values[i] - (i >= width ? values[i - width] : 0);
            averages[i] = sum / Math.Min(i + 1, width);
        }

        return averages;
    }
}
