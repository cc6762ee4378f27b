using System.Globalization;
using System.Text;
using ResearchKit.Data.Toy;
using ResearchKit.Diagnostics.Modes;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Sweeps;
using ResearchKit.Imaging;
using ResearchKit.Models;

namespace ResearchKit.Experiments.Protocols;

/// <summary>One method in the report: samples of its first seed and, for points, the share of each mode over all seeds.</summary>
internal static class CollapseFigure
{
    private const int Samples = 25_000;
    private const int Pictures = 100;
    private const long LatentSeed = 1;
    private const int Width = 340;
    private const int Height = 110;

    public static void Append(StringBuilder text, SweepResults results, SweepSetting setting, string folder)
    {
        var last = results.Last(setting);
        var done = results.Plan.Cells.Where(c => c.Setting == setting && last.ContainsKey(c.Seed)).ToList();
        if (done.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"<figure><b>{CollapsePage.Escape(setting.Name)}</b>\n");
        if (CollapseProtocols.MixtureOf(done[0].Options) is { } mixture)
        {
            Points(text, done, mixture, folder);
        }
        else
        {
            using var run = RunGenerator.Load(done[0].Find(folder)!);
            using var images = GeneratorImages.Draw(run.Generator, setting.Name, Pictures, LatentSeed);
            Picture(text, ImageGrid.Of(images.Images, columns: 10, scale: 1).Png, $"{Pictures} samples");
            text.Append(CultureInfo.InvariantCulture, $"<figcaption>{Pictures} samples, seed {done[0].Seed}, not chosen.</figcaption>");
        }

        text.Append("</figure>\n");
    }

    private static void Points(StringBuilder text, List<SweepCell> runs, GaussianMixture mixture, string folder)
    {
        var coverages = new List<ModeCoverage>();
        foreach (var cell in runs)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using var run = RunGenerator.Load(cell.Find(folder)!);
            var points = run.Generator.call(NormalLatents.Draw(Samples, run.Generator.LatentSize, LatentSeed)); // (N, 2)
            coverages.Add(ModeCoverage.Measure(points, mixture));
            if (coverages.Count == 1)
            {
                Picture(text, PointImage.Draw(points, mixture, Width), $"{Samples} samples; circles mark the modes");
            }
        }

        text.Append(CultureInfo.InvariantCulture,
            $"<figcaption>{Samples:N0} samples, seed {runs[0].Seed}, not chosen: " +
            $"{CollapsePage.Escape(coverages[0].ToString())}.</figcaption>");
        if (coverages.Count(c => c.PerMode.Sum() > 0) >= 2)
        {
            var histogram = ModeHistogram.Of(coverages, mixture);
            Bars(text, histogram);
            text.Append(CultureInfo.InvariantCulture,
                $"<figcaption>Share of each mode among the high-quality samples: mean over {histogram.Runs} seeds ");
            text.Append(CultureInfo.InvariantCulture,
                $"with Student's {histogram.Level:0 %} interval; the line is the true share. " +
                $"{CollapsePage.Escape(histogram.ToString())}.</figcaption>");
        }
    }

    private static void Picture(StringBuilder text, byte[] png, string what) =>
        text.Append(CultureInfo.InvariantCulture,
            $"<img alt=\"{CollapsePage.Escape(what)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">\n");

    private static void Bars(StringBuilder text, ModeHistogram histogram)
    {
        var top = Math.Max(histogram.Modes.Max(m => Math.Max(m.High, m.Mean)), 2 * histogram.Modes.Max(m => m.True));
        double Y(double share) => Height - (Math.Clamp(share / top, 0, 1) * (Height - 4));
        var step = (double)Width / histogram.Modes.Count;
        text.Append(CultureInfo.InvariantCulture,
            $"<svg width=\"{Width}\" height=\"{Height + 2}\" role=\"img\" aria-label=\"share of each mode\">");
        foreach (var (index, mode) in histogram.Modes.Index())
        {
            var (x, middle) = ((index + 0.15) * step, (index + 0.5) * step);
            var color = mode.Departs ? "#d55e00" : "#5b8db8";
            text.Append(CultureInfo.InvariantCulture,
                $"<rect x=\"{x:0.0}\" y=\"{Y(mode.Mean):0.0}\" width=\"{0.7 * step:0.0}\" height=\"{Height - Y(mode.Mean):0.0}\" " +
                $"fill=\"{color}\">");
            text.Append(CultureInfo.InvariantCulture,
                $"<title>mode {mode.Mode}: {mode.Mean:0.0 %} [{mode.Low:0.0 %}, {mode.High:0.0 %}]</title></rect>");
            text.Append(CultureInfo.InvariantCulture,
                $"<line x1=\"{middle:0.0}\" x2=\"{middle:0.0}\" y1=\"{Y(mode.Low):0.0}\" y2=\"{Y(mode.High):0.0}\" stroke=\"#1f2328\"/>");
        }

        var line = Y(histogram.Modes[0].True);
        text.Append(CultureInfo.InvariantCulture,
            $"<line x1=\"0\" x2=\"{Width}\" y1=\"{line:0.0}\" y2=\"{line:0.0}\" stroke=\"#1f2328\" stroke-dasharray=\"4 3\"/>");
        text.Append(CultureInfo.InvariantCulture,
            $"<line x1=\"0\" x2=\"{Width}\" y1=\"{Height}\" y2=\"{Height}\" stroke=\"#d0d7de\"/></svg>\n");
    }
}
