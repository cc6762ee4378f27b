using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Collapse;
using ResearchKit.Diagnostics.Monitors;

namespace ResearchKit.Interactive;

// What the two monitors saw.
public sealed partial class Figure
{
    private const int SheetColumns = 6;

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

        Mark[] marks = [.. monitor.Changes.Where((c, i) => i > 0 || c.Kind != GameVerdictKind.Healthy).Select(c =>
            c.Kind == GameVerdictKind.Healthy
                ? new Mark("trouble over", c.Step, GoodColor, "dot")
                : new Mark($"{c.Kind}", c.Since, SetColors[(int)c.Kind % SetColors.Length], "dash"))];
        Figure Panel(string name, params (string Name, Func<GameVitals, double> Value)[] curves) =>
            Marked(name, history, v => v.Step, marks, curves);
        var start = monitor.StartWeights ?? history[0].Weights;
        double Growth(GameVitals vitals, Func<WeightNorms, double> norm) =>
            start is { } first && vitals.Weights is { } now ? norm(now) / norm(first) : double.NaN;
        return SideBySide(title ?? monitor.Verdict.ToString().Split(": ")[0], columns: 3,
            Panel("D's losses and G's", ("D", v => v.DiscriminatorLoss), ("G", v => v.GeneratorLoss)),
            Panel("share that D is right about", ("real", v => v.RealAccuracy), ("generated", v => v.FakeAccuracy)),
            Panel("swing of D's loss in a block", ("D", v => v.LossSwing)),
            Panel("log10 of gradient norms",
                ("D", v => Math.Log10(v.DiscriminatorGradient)), ("G", v => Math.Log10(v.GeneratorGradient))),
            Panel("log10 of G's gradient over D's", ("G / D", v => Math.Log10(v.GradientRatio))),
            Panel("weight norms over those at the start",
                ("D", v => Growth(v, w => w.Discriminator)), ("G", v => Growth(v, w => w.Generator))));
    }

    /// <summary>A report on collapse: what the generator gives, what it serves of the real samples' places, what that did along the
    /// training, and the spectrum. A dashed line stands where a finding began, a dotted one where the generator became healthy.</summary>
    /// <param name="monitor">The monitor, after at least one look.</param>
    /// <param name="title">The title above all; null for the last verdict, without its evidence.</param>
    /// <exception cref="ArgumentException">The monitor has not looked yet.</exception>
    public static Figure Collapse(CollapseMonitor monitor, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(monitor);
        if (monitor.Samples is not { } samples || monitor.Spectrum is not { } spectrum)
        {
            throw new ArgumentException($"The monitor has not looked yet: it looks every {monitor.Every} steps.", nameof(monitor));
        }

        Mark[] marks = [.. monitor.Changes.Where(c => c.Kind is not (CollapseKind.Undecided or CollapseKind.UnderTrained)).Select(c =>
            c.Kind == CollapseKind.Healthy
                ? new Mark($"{c.Kind}", c.Since, GoodColor, "dot")
                : new Mark($"{c.Kind}", c.Since, SetColors[4 + ((int)c.Kind % 4)], "dash"))];
        Figure Panel(string name, params (string Name, Func<CollapseMoment, double> Value)[] curves) =>
            Marked(name, monitor.History, m => m.Step, marks, curves);
        int[] order = [.. Enumerable.Range(0, monitor.RealShares.Count).OrderByDescending(i => monitor.RealShares[i])];
        double[] places = [.. order.Select((_, i) => i + 1.0)];
        double[] axes = [.. Enumerable.Range(1, Math.Min(10, spectrum.Eigenvalues.Count)).Select(i => (double)i)];
        Tensor FirstTwo(Tensor points) => points.flatten(1).slice(1, 0, 2, 1);
        return SideBySide(title ?? monitor.Verdict.ToString().Split(": ")[0], columns: 3,
            samples.dim() == 4
                ? Sheet("generated", samples)
                : Points("samples", ("real", FirstTwo(monitor.Real)), ("generated", FirstTwo(samples))),
            Curves("share of samples in each place", "places, the fullest in reality first", "",
                ("real", places, [.. order.Select(i => monitor.RealShares[i])]),
                ("generated", places, [.. order.Select(i => monitor.Shares[i])])),
            Panel("share of the real samples' places", ("served", m => m.Served), ("visited lately", m => m.VisitedLately),
                ("covered", m => m.Coverage), ("moved since the last look", m => m.Turnover)),
            Panel("against real samples", ("precision", m => m.Precision), ("diversity", m => m.Diversity),
                ("effective rank", m => m.EffectiveRank)),
            Panel("share of samples with a twin", ("twins", m => m.Duplicates)),
            Curves("log10 of the spectrum", "axis", "",
                ("real", axes, Log10(monitor.RealSpectrum, axes.Length)), ("generated", axes, Log10(spectrum, axes.Length))));
    }

    private static double[] Log10(FeatureSpectrum spectrum, int count) =>
        [.. spectrum.Eigenvalues.Take(count).Select(v => v > 0 ? Math.Log10(v) : double.NaN)];

    // Curves of a history with upright lines where something changed. Those are traces, which small multiples carry and legends name.
    private static Figure Marked<T>(string title, IReadOnlyList<T> history, Func<T, double> step, Mark[] marks,
        (string Name, Func<T, double> Value)[] curves)
    {
        double[] steps = [.. history.Select(step)];
        var panel = Curves(title, "generator steps", "",
            [.. curves.Select(c => (c.Name, (IReadOnlyList<double>)steps, (IReadOnlyList<double>)[.. history.Select(c.Value)]))]);
        double[] drawn = [.. history.SelectMany(h => curves.Select(c => c.Value(h))).Where(double.IsFinite)];
        foreach (var (name, at, color, dash) in drawn.Length == 0 ? [] : marks)
        {
            var mark = Scatter("lines", name, Line(color, 2, dash), [(at, drawn.Min()), (at, drawn.Max())]);
            mark["x"] = new JsonArray(at, at); // to the step, not rounded
            panel.Traces.Add((JsonNode)mark);
        }

        return panel;
    }

    // Images in [-1, 1] as one map of grey values, which can stand among other panels.
    private static Figure Sheet(string title, Tensor images)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (images.shape[2], images.shape[3]);
        var rows = Math.Min(SheetColumns, images.shape[0] / SheetColumns);
        var sheet = images.slice(0, 0, rows * SheetColumns, 1).to(ScalarType.Float32).cpu().mean([1]).clamp(-1, 1) // (N, H, W)
            .reshape(rows, SheetColumns, height, width).permute(0, 2, 1, 3) // (rows, H, columns, W)
            .reshape(rows * height, SheetColumns * width).flip(0); // (rows * H, columns * W); a map's first row is its lowest
        var values = sheet.contiguous().data<float>().ToArray().Select(v => (double)v);
        var map = new JsonObject
        {
            ["type"] = "heatmap", ["z"] = Rows(values.Chunk((int)(SheetColumns * width)), digits: 2), ["zmin"] = -1, ["zmax"] = 1,
            ["colorscale"] = "Greys", ["reversescale"] = true, ["showscale"] = false, ["hoverinfo"] = "skip",
        };
        JsonObject Bare() => new() { ["showticklabels"] = false, ["ticks"] = "", ["showgrid"] = false };
        var figure = new Figure(new JsonArray(map), new() { ["title"] = Text(title), ["xaxis"] = Bare(), ["yaxis"] = Bare() },
            $"{title}: {rows * SheetColumns} images");
        figure.YAxis["scaleanchor"] = "x";
        return figure;
    }

    private readonly record struct Mark(string Name, long At, string Color, string Dash);
}
