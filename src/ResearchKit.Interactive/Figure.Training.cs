using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Overfitting;
using ResearchKit.Training;

namespace ResearchKit.Interactive;

// What a training did, from its numbers.
public sealed partial class Figure
{
    private const double DarkestShare = 4;

    /// <summary>Both players' losses over the steps.</summary>
    /// <param name="history">Reports of a training, in order, at least one.</param>
    /// <param name="smoothing">Steps of the moving average, at least 1 (no smoothing).</param>
    /// <exception cref="ArgumentOutOfRangeException">The history is empty, or the smoothing below 1.</exception>
    public static Figure LossCurves(IReadOnlyList<StepReport> history, int smoothing = 25) =>
        Smoothed(history, smoothing, "Losses over training", "loss (nats)",
            ("D, real", s => s.RealLoss), ("D, fake", s => s.FakeLoss), ("G", s => s.GeneratorLoss));

    /// <summary>D(real) and D(fake) over the steps, with the axis from 0 to 1.</summary>
    /// <inheritdoc cref="LossCurves"/>
    public static Figure Probabilities(IReadOnlyList<StepReport> history, int smoothing = 25)
    {
        var figure = Smoothed(history, smoothing, "What D believes", "probability of real",
            ("D(real)", s => s.RealProbability), ("D(fake)", s => s.FakeProbability));
        figure.YAxis["range"] = new JsonArray(0, 1);
        return figure;
    }

    /// <summary>The norms of both players' gradients over the steps.</summary>
    /// <inheritdoc cref="LossCurves"/>
    public static Figure GradientNorms(IReadOnlyList<StepReport> history, int smoothing = 25) =>
        Smoothed(history, smoothing, "Gradient norms over training", "gradient norm",
            ("D", s => s.DiscriminatorGradientNorm), ("G", s => s.GeneratorGradientNorm));

    /// <summary>D's mean logits of training, held-out and generated images over the steps: where the first two part, D overfits.</summary>
    /// <param name="title">The title.</param>
    /// <param name="steps">When the probes were taken.</param>
    /// <param name="probes">One a moment, at least one.</param>
    /// <param name="range">The y axis from this to that, so that several figures can be compared; null to fit the curves.</param>
    /// <exception cref="ArgumentException">There are not as many probes as steps, or there is none.</exception>
    public static Figure Overfitting(string title, IReadOnlyList<double> steps, IReadOnlyList<OverfittingProbe> probes,
        (double From, double To)? range = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(probes.Count, 1, nameof(probes));
        var figure = Curves(title, "generator steps", "mean logit of D",
            ("train", steps, [.. probes.Select(p => p.TrainLogit)]),
            ("held-out", steps, [.. probes.Select(p => p.HeldOutLogit)]),
            ("generated", steps, [.. probes.Select(p => p.FakeLogit)]));
        JsonObject[] styles = [Line(RealColor, 2, "solid"), Line(RealColor, 2, "dash"), Line(FakeColor, 2, "solid")];
        foreach (var (trace, style) in figure.Traces.Zip(styles))
        {
            trace!["line"] = style;
        }

        if (range is { } shown)
        {
            figure.YAxis["range"] = new JsonArray(shown.From, shown.To);
        }

        return figure;
    }

    /// <summary>A learned discriminator on the line, with the best one where it is known, over the two densities that it tells apart. The
    /// axis ends a little above 1; a density that is higher is cut off there.</summary>
    /// <param name="title">The title.</param>
    /// <param name="x">Places, in order.</param>
    /// <param name="learned">D(x) there.</param>
    /// <param name="best">p(x) / (p(x) + q(x)) there; NaN leaves a gap, null leaves it out.</param>
    /// <param name="realDensity">p(x).</param>
    /// <param name="fakeDensity">q(x).</param>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public static Figure LearnedDiscriminator(string title, IReadOnlyList<double> x, IReadOnlyList<double> learned,
        IReadOnlyList<double>? best, IReadOnlyList<double> realDensity, IReadOnlyList<double> fakeDensity)
    {
        (string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)[] known = best is null ? [] : [("best D = p / (p + q)", x, best)];
        var figure = Curves(title, "x", "probability, density",
            [("p, real", x, realDensity), ("q, fake", x, fakeDensity), .. known, ("learned D", x, learned)]);
        (JsonObject Line, string? Fill)[] styles =
        [
            (Line(RealColor, 1, "solid"), "rgba(8,81,156,0.2)"), (Line(FakeColor, 1, "solid"), "rgba(203,24,29,0.2)"),
            .. known.Select(_ => (Line("#000000", 2.5, "dash"), (string?)null)), (Line(GoodColor, 2.5, "solid"), null),
        ];
        figure.YAxis["range"] = Numbers([0, 1.05]);
        foreach (var (trace, (line, fill)) in figure.Traces.Zip(styles))
        {
            (trace!["line"], trace["fill"], trace["fillcolor"]) = (line, fill is null ? null : "tozeroy", fill);
        }

        return figure;
    }

    /// <summary>Which modes are served along a training: a row for each mode, a column for each moment, darker red for a greater share of
    /// the generated samples. White is none; the darkest stands for four times the equal share and more.</summary>
    /// <param name="title">The title.</param>
    /// <param name="steps">The moments, in generator steps.</param>
    /// <param name="shares">For each moment every mode's share: <see cref="Diagnostics.Modes.ModeCoverage.NearestShares"/>.</param>
    /// <exception cref="ArgumentException">There is no moment, or their numbers differ.</exception>
    public static Figure ModeTimeline(string title, IReadOnlyList<double> steps, IReadOnlyList<double[]> shares)
    {
        if (steps.Count == 0 || steps.Count != shares.Count || shares.Any(s => s.Length != shares[0].Length))
        {
            throw new ArgumentException($"A timeline needs as many moments ({steps.Count}) as lists of shares ({shares.Count}), at " +
                "least one, and all lists of one length.", nameof(shares));
        }

        int[] modes = [.. Enumerable.Range(0, shares[0].Length)];
        var map = new JsonObject
        {
            ["type"] = "heatmap",
            ["x"] = Numbers(steps, digits: 5),
            ["y"] = Numbers(modes.Select(m => (double)m), digits: 5),
            ["z"] = Rows(modes.Select(m => shares.Select(s => Math.Min(DarkestShare, s[m] * modes.Length))), digits: 3),
            ["colorscale"] = ColorScale((0, "#ffffff"), (0.25, "#fcae91"), (1, "#67000d")),
            ["colorbar"] = ColorBar("share x modes", 0.9),
            ["zmin"] = 0, ["zmax"] = DarkestShare, ["xgap"] = 1, ["ygap"] = 1,
        };
        var layout = new JsonObject
        {
            ["title"] = Text(title), ["width"] = 620, ["height"] = 320,
            ["xaxis"] = new JsonObject { ["title"] = Text("generator steps") },
            ["yaxis"] = new JsonObject { ["title"] = Text("mode"), ["dtick"] = modes.Length > 12 ? 5 : 1 },
        };
        return new Figure(new JsonArray(map), layout,
            $"{title}: the share of samples on each of {modes.Length} modes at {steps.Count} moments");
    }

    private static Figure Smoothed(IReadOnlyList<StepReport> history, int smoothing, string title, string yTitle,
        params (string Name, Func<StepReport, double> Value)[] curves)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentOutOfRangeException.ThrowIfLessThan(history.Count, 1, nameof(history));
        ArgumentOutOfRangeException.ThrowIfLessThan(smoothing, 1);
        var thinning = Math.Max(1, history.Count / 300); // what a screen can show; keeps a notebook small
        int[] kept = [.. Enumerable.Range(0, history.Count).Where(i => i % thinning == 0 || i == history.Count - 1)];
        long[] steps = [.. kept.Select(i => history[i].Step)];
        var lines = curves.Select(curve =>
        {
            double[] values = [.. history.Select(curve.Value)];
            var averages = kept.Select(i => Math.Round(values[Math.Max(0, i + 1 - smoothing)..(i + 1)].Average(), 4));
            return (curve.Name, (IReadOnlyList<long>)steps, averages.ToArray());
        });
        return Lines(title, "generator steps", yTitle, [.. lines], $", steps {steps[0]} to {steps[^1]}, moving average of {smoothing}");
    }
}
