using System.Net;
using Microsoft.DotNet.Interactive.Formatting;
using Plotly.NET;
using ResearchKit.Imaging;
using ResearchKit.Models;
using ResearchKit.Training;
using TorchSharp;

namespace ResearchKit.Interactive;

/// <summary>How the kit's values show themselves in a notebook.</summary>
internal static class KitFormatters
{
    public static void Register()
    {
        Formatter.Register<ImageGrid>((grid, writer) => writer.Write(Convert.ToBase64String(grid.Png)), "image/png");
        RegisterText<ImageGrid>("image/png");
        Formatter.Register<GridAnimation>((animation, writer) => writer.Write(Convert.ToBase64String(animation.Png)), "image/png");
        RegisterText<GridAnimation>("image/png");

        Formatter.Register<ModelSummary>((summary, writer) => writer.Write(Table(summary)), "text/html");
        RegisterText<ModelSummary>("text/html");

        Formatter.Register<GenericChart>((chart, writer) => writer.Write(new Figure(chart).ToJson()), Figure.MimeType);
        Formatter.Register<GenericChart>((chart, writer) => writer.Write(new Figure(chart).ToHtml()), "text/html");
        Formatter.Register<GenericChart>((_, writer) => writer.Write("A Plotly chart"), "text/plain");
        Formatter.SetPreferredMimeTypesFor(typeof(GenericChart), ChartMimeType, "text/plain");
        Formatter.Register<Figure>((figure, writer) => writer.Write(figure.ToJson()), Figure.MimeType);
        Formatter.Register<Figure>((figure, writer) => writer.Write(figure.ToHtml()), "text/html");
        RegisterText<Figure>(ChartMimeType);

        Formatter.Register<MachineReport>((report,
            writer) => writer.Write($"<pre>{WebUtility.HtmlEncode(report.ToString())}</pre>{Figure.PlotlyScriptElement()}"), "text/html");
        RegisterText<MachineReport>(DrawsFigures ? [] : ["text/html"]);
        Formatter.Register<torch.Tensor>((tensor, writer) => writer.Write(Html(tensor)), "text/html");
        Formatter.Register<torch.Tensor>((tensor, writer) => writer.Write(tensor.ToString(TensorStringStyle.Default)), "text/plain");
        Formatter.SetPreferredMimeTypesFor(typeof(torch.Tensor), "text/html", "text/plain");
        RegisterText<StepReport>();
    }

    // .NET Interactive hands a figure's JSON to its front ends as a string, which they do not draw; the kit's own host passes the object on
    // and says so.
    private static bool DrawsFigures => AppContext.GetData("ResearchKit.Notebooks.PlotlyJson") is true;

    private static string ChartMimeType => DrawsFigures ? Figure.MimeType : "text/html";

    // A batch of pictures shows the pictures; other tensors show their numbers.
    private static string Html(torch.Tensor tensor) =>
        tensor.dim() == 4 && tensor.shape[0] is >= 1 and <= 256 && tensor.shape[1] is 1 or 3 && tensor.shape[2] <= 512
            && tensor.shape[3] <= 512 && (tensor.is_floating_point() || tensor.dtype == torch.ScalarType.Byte)
            ? $"<img alt=\"{tensor.shape[0]} images\" " +
                $"src=\"data:image/png;base64,{Convert.ToBase64String(ImageGrid.Of(tensor, columns: 16).Png)}\">"
            : $"<pre>{WebUtility.HtmlEncode(tensor.ToString(TensorStringStyle.Default))}</pre>";

    private static void RegisterText<T>(params string[] before)
    {
        Formatter.Register<T>((value, writer) => writer.Write(value), "text/plain");
        Formatter.SetPreferredMimeTypesFor(typeof(T), [.. before, "text/plain"]);
    }

    private static string Table(ModelSummary summary)
    {
        string Row(string tag, string alignment, params string[] cells) =>
            "<tr>"
                + string.Concat(cells.Select((c,
                i) => $"<{tag} style=\"text-align:{(i == 3 ? "right" : alignment)}\">{WebUtility.HtmlEncode(c)}</{tag}>")) + "</tr>";
        string Number(long value) => value.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);

        return $"<table><caption>{WebUtility.HtmlEncode(summary.Name)}, input {ModelSummary.Shape(summary.InputShape)}</caption><thead>"
            + Row("th", "left", "layer", "type", "output", "parameters") + "</thead><tbody>"
            + string.Concat(summary.Layers.Select(l => Row("td", "left", l.Name, l.Type, ModelSummary.Shape(l.OutputShape),
                Number(l.Parameters))))
            + Row("th", "left", "total", "", "", Number(summary.Parameters)) + "</tbody></table>";
    }
}
