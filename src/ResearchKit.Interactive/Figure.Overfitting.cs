using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Overfitting;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    /// <summary>D's mean logits of training, held-out and generated images along a training: where the first two part, D
    /// overfits.</summary>
    /// <param name="title">The title.</param>
    /// <param name="steps">When the probes were taken.</param>
    /// <param name="probes">One a moment, at least one.</param>
    /// <param name="range">The y axis from this to that, so that several figures can be compared; null to fit the curves.</param>
    /// <exception cref="ArgumentException">There are not as many probes as steps, or there is none.</exception>
    public static Figure Overfitting(string title, IReadOnlyList<double> steps, IReadOnlyList<OverfittingProbe> probes,
        (double From, double To)? range = null)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(probes);
        ArgumentOutOfRangeException.ThrowIfLessThan(probes.Count, 1, nameof(probes));
        (string Name, string Color, string Dash, Func<OverfittingProbe, double> Value)[] kinds =
        [
            ("train", RealColor, "solid", p => p.TrainLogit), ("held-out", RealColor, "dash", p => p.HeldOutLogit),
                ("generated", FakeColor, "solid", p => p.FakeLogit),
        ];
        var figure = Curves(title, "generator steps", "mean logit of D",
            [.. kinds.Select(k => (k.Name, steps, (IReadOnlyList<double>)[.. probes.Select(k.Value)]))]);
        foreach (var (kind, trace) in kinds.Zip(figure._json["data"]!.AsArray()))
        {
            trace!["line"] = new JsonObject { ["color"] = kind.Color, ["dash"] = kind.Dash, ["width"] = 2 };
        }

        if (range is { } shown)
        {
            Axis(figure, "yaxis")["range"] = new JsonArray(shown.From, shown.To);
        }

        return figure;
    }
}
