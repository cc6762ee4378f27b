using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Collapse;
using ResearchKit.Diagnostics.Monitors;
using TorchSharp;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    private const int PictureColumns = 6;

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

        var history = monitor.History;
        double[] steps = [.. history.Select(m => (double)m.Step)];
        Figure Panel(string name, params (string Name, Func<CollapseMoment, double> Value)[] curves) =>
            Marked(Curves(name, "generator steps", "",
                [.. curves.Select(c => (c.Name, (IReadOnlyList<double>)steps,
                (IReadOnlyList<double>)[.. history.Select(c.Value)]))]), Marks(monitor.Changes));
        int[] order = [.. Enumerable.Range(0, monitor.RealShares.Count).OrderByDescending(i => monitor.RealShares[i])];
        double[] places = [.. order.Select((_, i) => i + 1.0)];
        var axes = Enumerable.Range(1, Math.Min(10, spectrum.Eigenvalues.Count)).Select(i => (double)i).ToArray();
        return SideBySide(
            title ?? monitor.Verdict.ToString().Split(": ")[0],
            columns: 3,
            samples.dim() == 4
                ? Pictures("generated", samples)
                : Points("samples", ("real", monitor.Real.flatten(1).slice(1, 0, 2, 1)),
                ("generated", samples.flatten(1).slice(1, 0, 2, 1))),
            Curves("share of samples in each place", "places, the fullest in reality first", "",
                ("real", places, [.. order.Select(i => monitor.RealShares[i])]),
                ("generated", places, [.. order.Select(i => monitor.Shares[i])])),
            Panel("share of the real samples' places", ("served", m => m.Served), ("visited lately", m => m.VisitedLately),
                ("covered", m => m.Coverage), ("moved since the last look", m => m.Turnover)),
            Panel("against real samples", ("precision", m => m.Precision), ("diversity", m => m.Diversity),
                ("effective rank", m => m.EffectiveRank)),
            Panel("share of samples with a twin", ("twins", m => m.Duplicates)),
            Curves("log10 of the spectrum", "axis", "", ("real", axes, Log(monitor.RealSpectrum, axes.Length)),
                ("generated", axes, Log(spectrum, axes.Length))));
    }

    private static double[] Log(FeatureSpectrum spectrum, int count) =>
        [.. spectrum.Eigenvalues.Take(count).Select(v => v > 0 ? Math.Log10(v) : double.NaN)];

    private static IEnumerable<(string Name, long At, string Color, string Dash)> Marks(IReadOnlyList<CollapseVerdict> changes) => changes
        .Where(c => c.Kind is not (CollapseKind.Undecided or CollapseKind.UnderTrained))
        .Select(c => ($"{c.Kind}", c.Since, c.Kind == CollapseKind.Healthy ? "#2ca02c" : SetColors[4 + ((int)c.Kind % 4)],
            c.Kind == CollapseKind.Healthy ? "dot" : "dash"));

    // A sheet of pictures as one map of grey values, so that it can stand among other panels.
    private static Figure Pictures(string title, torch.Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        var (height, width) = ((int)images.shape[2], (int)images.shape[3]);
        var rows = (int)Math.Min(PictureColumns, images.shape[0] / PictureColumns);
        var sheet = images.slice(0, 0, rows * PictureColumns, 1).to(torch.ScalarType.Float32).cpu().mean([1]).clamp(-1, 1) // (N, H, W)
            // a map's first row is its lowest
            .reshape(rows, PictureColumns, height, width).permute(0, 2, 1, 3).reshape(rows * height, PictureColumns * width).flip(0);
        var values = sheet.contiguous().data<float>().ToArray();
        var map = new JsonObject
        {
            ["type"] = "heatmap", ["colorscale"] = "Greys", ["reversescale"] = true, ["showscale"] = false, ["hoverinfo"] = "skip",
                ["zmin"] = -1, ["zmax"] = 1,
            ["z"] = new JsonArray([.. values.Chunk(PictureColumns * width).Select(row => Numbers(row.Select(v => (double)v), digits: 2))]),
        };
        var bare = new JsonObject { ["showticklabels"] = false, ["ticks"] = "", ["showgrid"] = false };
        var layout = new JsonObject { ["title"] = new JsonObject { ["text"] = title }, ["xaxis"] = bare, ["yaxis"] = bare.DeepClone() };
        layout["yaxis"]!["scaleanchor"] = "x";
        return new Figure(new JsonObject { ["data"] = new JsonArray(map), ["layout"] = layout },
            $"{title}: {rows * PictureColumns} pictures");
    }
}
