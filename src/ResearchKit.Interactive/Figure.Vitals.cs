using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Monitors;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    /// <summary>What a monitor saw along a training, in small multiples: D's accuracy, losses, gradients, weights. A dashed line stands
    /// where a trouble began, a dotted one where it ended.</summary>
    /// <param name="monitor">The monitor, after at least one block of steps.</param>
    /// <param name="title">The title above all; null for the last verdict, without its evidence.</param>
    /// <exception cref="ArgumentException">The monitor has seen no whole block.</exception>
    public static Figure Vitals(GameMonitor monitor, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(monitor);
        var history = monitor.History;
        if (history.Count == 0)
        {
            throw new ArgumentException($"The monitor has not seen a whole block of {monitor.Thresholds.BlockSteps} steps yet.",
                nameof(monitor));
        }

        double[] steps = [.. history.Select(v => (double)v.Step)];
        var (firstG, firstD) = (monitor.StartWeights ?? history[0].Weights) is { } w
            ? (w.Generator, w.Discriminator)
            : (double.NaN, double.NaN);
        Figure Panel(string name, params (string Name, Func<GameVitals, double> Value)[] curves) =>
            Marked(Curves(name, "generator steps", "",
                [.. curves.Select(c => (c.Name, (IReadOnlyList<double>)steps,
                (IReadOnlyList<double>)[.. history.Select(c.Value)]))]), Marks(monitor.Changes));
        return SideBySide(
            title ?? monitor.Verdict.ToString().Split(": ")[0],
            columns: 3,
            Panel("D's losses and G's", ("D", v => v.DiscriminatorLoss), ("G", v => v.GeneratorLoss)),
            Panel("share that D is right about", ("real", v => v.RealAccuracy), ("generated", v => v.FakeAccuracy)),
            Panel("swing of D's loss in a block", ("D", v => v.LossSwing)),
            Panel("log10 of gradient norms", ("D", v => Math.Log10(v.DiscriminatorGradient)), ("G", v => Math.Log10(v.GeneratorGradient))),
            Panel("log10 of G's gradient over D's", ("G / D", v => Math.Log10(v.GradientRatio))),
            Panel("weight norms over those at the start", ("D", v => (v.Weights?.Discriminator ?? double.NaN) / firstD),
                ("G", v => (v.Weights?.Generator ?? double.NaN) / firstG)));
    }

    private static IEnumerable<(string Name, long At, string Color, string Dash)> Marks(IReadOnlyList<GameVerdict> changes) => changes
        .Where((c, i) => i > 0 || c.Kind != GameVerdictKind.Healthy)
        .Select(c => c.Kind == GameVerdictKind.Healthy ? ("trouble over", c.Step, "#2ca02c", "dot")
            : ($"{c.Kind}", c.Since, SetColors[(int)c.Kind % SetColors.Length], "dash"));

    // Marks are traces, which small multiples carry and legends name.
    private static Figure Marked(Figure panel, IEnumerable<(string Name, long At, string Color, string Dash)> marks)
    {
        var data = panel._json["data"]!.AsArray();
        double[] all = [.. data.SelectMany(t => t!["y"]!.AsArray())
            .Select(y => y?.GetValueKind() == System.Text.Json.JsonValueKind.Number ? (double)y : double.NaN).Where(double.IsFinite)];
        foreach (var (name, at, color, dash) in all.Length == 0 ? [] : marks)
        {
            data.Add((JsonNode)new JsonObject
            {
                ["type"] = "scatter", ["mode"] = "lines", ["name"] = name, ["x"] = new JsonArray(at, at),
                    ["y"] = new JsonArray(Rounded(all.Min()), Rounded(all.Max())),
                ["line"] = new JsonObject { ["color"] = color, ["dash"] = dash, ["width"] = 2 },
            });
        }

        return panel;
    }
}
