using System.Net;
using System.Text;
using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics.Modes;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Sweeps;
using ResearchKit.Imaging;

namespace ResearchKit.Experiments.Protocols;

/// <summary>One method in the report: samples of its first seed and, for points, the share of each mode over all seeds.</summary>
internal static class CollapseFigure
{
    private const int Samples = 25_000;
    private const int Images = 100;
    private const long LatentSeed = 1;
    private const int Width = 340;
    private const int Height = 110;

    public static string Of(SweepResults results, SweepSetting setting, string folder)
    {
        var last = results.Last(setting);
        var done = results.Plan.Cells.Where(c => c.Setting == setting && last.ContainsKey(c.Seed)).ToList();
        return done.Count == 0 ? ""
            : $"<figure><b>{Escape(setting.Name)}</b>\n" + (CollapseProtocols.MixtureOf(done[0].Options) is { } mixture
                ? OfPoints(done, mixture, folder)
                : OfImages(done[0], folder)) + "</figure>\n";
    }

    internal static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string OfImages(SweepCell cell, string folder)
    {
        using var run = RunGenerator.Load(cell.Find(folder)!);
        using var images = GeneratorImages.Draw(run.Generator, cell.Setting.Name, Images, LatentSeed);
        return Png(ImageGrid.Of(images.Images, columns: 10, scale: 1).Png, $"{Images} samples") +
            $"<figcaption>{Images} samples, seed {cell.Seed}, not chosen.</figcaption>";
    }

    private static string OfPoints(List<SweepCell> runs, GaussianMixture mixture, string folder)
    {
        var (coverages, image) = (new List<ModeCoverage>(), "");
        foreach (var cell in runs)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using var run = RunGenerator.Load(cell.Find(folder)!);
            var points = run.Generator.call(NormalLatents.Draw(Samples, run.Generator.LatentSize, LatentSeed)); // (N, 2)
            coverages.Add(ModeCoverage.Measure(points, mixture));
            image = image.Length > 0 ? image
                : Png(PointImage.Draw(points, mixture, Width), $"{Samples} samples; circles mark the modes");
        }

        var caption = Invariant(
            $"<figcaption>{Samples:N0} samples, seed {runs[0].Seed}, not chosen: {Escape($"{coverages[0]}")}.</figcaption>");
        return image + caption + (coverages.Count(c => c.PerMode.Sum() > 0) >= 2 ? Bars(ModeHistogram.Of(coverages, mixture)) : "");
    }

    private static string Png(byte[] png, string what) =>
        $"<img alt=\"{Escape(what)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">\n";

    private static string Bars(ModeHistogram histogram)
    {
        var top = Math.Max(histogram.Modes.Max(m => Math.Max(m.High, m.Mean)), 2 * histogram.Modes.Max(m => m.True));
        double Y(double share) => Height - (Math.Clamp(share / top, 0, 1) * (Height - 4));
        var (step, line) = ((double)Width / histogram.Modes.Count, Y(histogram.Modes[0].True));
        var text = new StringBuilder();
        void Add(FormattableString part) => text.Append(part.ToString(CultureInfo.InvariantCulture));
        Add($"<svg width=\"{Width}\" height=\"{Height + 2}\" role=\"img\" aria-label=\"share of each mode\">");
        foreach (var (index, mode) in histogram.Modes.Index())
        {
            var (x, middle, color) = ((index + 0.15) * step, (index + 0.5) * step, mode.Departs ? "#d55e00" : "#5b8db8");
            var (low, high) = (Math.Max(0, mode.Low), Math.Min(1, mode.High)); // a share is no less and no more
            Add($"<rect x=\"{x:0.0}\" y=\"{Y(mode.Mean):0.0}\" width=\"{0.7 * step:0.0}\" height=\"{Height - Y(mode.Mean):0.0}\" ");
            Add($"fill=\"{color}\"><title>mode {mode.Mode}: {mode.Mean:0.0 %} [{low:0.0 %}, {high:0.0 %}]</title></rect>");
            Add($"<line x1=\"{middle:0.0}\" x2=\"{middle:0.0}\" y1=\"{Y(low):0.0}\" y2=\"{Y(high):0.0}\" stroke=\"#1f2328\"/>");
        }

        Add($"<line x1=\"0\" x2=\"{Width}\" y1=\"{line:0.0}\" y2=\"{line:0.0}\" stroke=\"#1f2328\" stroke-dasharray=\"4 3\"/>");
        Add($"<line x1=\"0\" x2=\"{Width}\" y1=\"{Height}\" y2=\"{Height}\" stroke=\"#d0d7de\"/></svg>\n");
        Add($"<figcaption>Share of each mode among the high-quality samples: mean over {histogram.Runs} seeds ");
        Add($"with Student's {histogram.Level:0 %} interval; the line is the true share. {Escape($"{histogram}")}.</figcaption>");
        return text.ToString();
    }
}
