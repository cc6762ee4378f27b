using System.Globalization;
using System.Net;
using System.Reflection;
using Microsoft.DotNet.Interactive.Formatting;
using Plotly.NET;
using ResearchKit.Data;
using ResearchKit.Data.Clips;
using ResearchKit.Data.Sounds;
using ResearchKit.Imaging;
using ResearchKit.Models;
using ResearchKit.Training;
using SkiaSharp;

namespace ResearchKit.Interactive;

/// <summary>How the kit's values show themselves in a notebook.</summary>
internal static class KitFormatters
{
    private const int SheetImages = 64;
    private const int MostPlayers = 16;
    private const int MostFilms = 16;

    /// <summary>True after <see cref="Register"/>: the formatting library is in this process.</summary>
    public static bool AreThere { get; private set; }

    public static void Register()
    {
        RegisterPicture<ImageGrid>(g => g.Png, g => g.ToString());
        RegisterPicture<GridAnimation>(a => a.Png, a => a.ToString());
        RegisterPicture<SKBitmap>(b => Bytes(b.Encode(SKEncodedImageFormat.Png, 100)), b => $"{b.Width} x {b.Height} pixels");
        RegisterPicture<SKImage>(i => Bytes(i.Encode(SKEncodedImageFormat.Png, 100)), i => $"{i.Width} x {i.Height} pixels");

        Formatter.Register<ImageSet>((set, writer) => writer.Write(Sheet(set)), "text/html");
        RegisterText<ImageSet>("text/html");

        Formatter.Register<SoundSet>((set, writer) => writer.Write(Player(set)), "text/html");
        RegisterText<SoundSet>("text/html");

        Formatter.Register<ClipSet>((set, writer) => writer.Write(Film(set)), "text/html");
        RegisterText<ClipSet>("text/html");

        Formatter.Register<ModelSummary>((summary, writer) => writer.Write(Table(summary)), "text/html");
        RegisterText<ModelSummary>("text/html");
        Formatter.Register<ResultTable>((table, writer) => writer.Write(table.ToHtml()), "text/html");
        RegisterText<ResultTable>("text/html");

        RegisterCharts(typeof(GenericChart));
        Formatter.Register<Figure>((figure, writer) => writer.Write(figure.ToJson()), Figure.MimeType);
        Formatter.Register<Figure>((figure, writer) => writer.Write(figure.ToHtml()), "text/html");
        RegisterText<Figure>(ChartMimeType);

        Formatter.Register<MachineReport>((report, writer) => writer.Write($"{Pre(report.ToString())}{Figure.PlotlyScriptElement()}"),
            "text/html");
        RegisterText<MachineReport>(DrawsFigures ? [] : ["text/html"]);
        Formatter.Register<Tensor>((tensor, writer) => writer.Write(Html(tensor)), "text/html");
        Formatter.Register<Tensor>((tensor, writer) => writer.Write(tensor.ToString(TorchSharp.TensorStringStyle.Default)), "text/plain");
        Formatter.SetPreferredMimeTypesFor(typeof(Tensor), "text/html", "text/plain");
        RegisterText<StepReport>();
        Formatter.Register<LivePanel>((panel, writer) => writer.Write(panel.ToHtml()), "text/html");
        RegisterText<LivePanel>("text/html");
        AreThere = true;
    }

    /// <summary>Lets charts show themselves offline, also those of another copy of Plotly.NET in the process, whose types are
    /// others.</summary>
    /// <param name="chart">The copy's GenericChart.</param>
    public static void RegisterCharts(Type chart)
    {
        var toJson = chart.GetMethod(nameof(GenericChart.toFigureJson), [chart])!;
        Figure Of(object value) => new((string)toJson.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [value], null)!);
        Formatter.Register(chart, (value, writer) => writer.Write(Of(value).ToJson()), Figure.MimeType);
        Formatter.Register(chart, (value, writer) => writer.Write(Of(value).ToHtml()), "text/html");
        Formatter.Register(chart, (_, writer) => writer.Write("A Plotly chart"), "text/plain");
        Formatter.SetPreferredMimeTypesFor(chart, ChartMimeType, "text/plain");
    }

    // .NET Interactive hands a figure's JSON to its front ends as a string, which they do not draw; the kit's own host hands on the object.
    public static bool DrawsFigures => AppContext.GetData("ResearchKit.Notebooks.PlotlyJson") is true;

    private static string ChartMimeType => DrawsFigures ? Figure.MimeType : "text/html";

    // A batch of images shows the images; other tensors show their numbers.
    private static string Html(Tensor tensor) =>
        tensor.shape is [>= 1 and <= 256, 1 or 3, <= 512, <= 512] && (tensor.is_floating_point() || tensor.dtype == ScalarType.Byte)
            ? Grid(tensor)
            : Pre(tensor.ToString(TorchSharp.TensorStringStyle.Default));

    private static string Grid(Tensor images) => $"<img alt=\"{images.shape[0]} images\" " +
        $"src=\"data:image/png;base64,{Convert.ToBase64String(ImageGrid.Of(images, columns: 16).Png)}\">";

    // The first images, with what the set is; only this where a grid has no form for them.
    private static string Sheet(ImageSet set)
    {
        if (set.Channels is not (1 or 3) || set.Height > 512 || set.Width > 512)
        {
            return Pre(set.ToString());
        }

        using var first = set.Images.narrow(0, 0, Math.Min(set.Count, SheetImages));
        var part = set.Count > SheetImages ? $"; the first {SheetImages}" : "";
        return $"<div>{Grid(first)}<div>{WebUtility.HtmlEncode(set.ToString())}{part}</div></div>";
    }

    // The first sounds, each with its picture and a player.
    private static string Player(SoundSet set)
    {
        var players = Enumerable.Range(0, (int)Math.Min(set.Count, MostPlayers)).Select(i =>
        {
            using var index = TorchSharp.torch.tensor((long[])[i]);
            using var one = set.Select(index);
            using var drawn = SoundSheet.Images(one);
            var (image, wav) = (Convert.ToBase64String(ImageGrid.Of(drawn).Png), Convert.ToBase64String(one.Wav()));
            return $"<figure style=\"margin:0;width:136px\"><img alt=\"spectrogram and wave of sound {i + 1}\" " +
                $"src=\"data:image/png;base64,{image}\"><audio controls style=\"width:132px;height:32px\" " +
                $"src=\"data:audio/wav;base64,{wav}\"></audio></figure>";
        });
        var part = set.Count > MostPlayers ? $"; the first {MostPlayers}" : "";
        return $"<div><div style=\"display:flex;flex-wrap:wrap;gap:8px\">{string.Concat(players)}</div>" +
            $"<div>{WebUtility.HtmlEncode(set.ToString())}{part}. Spectrograms: {SoundSheet.HowDrawn(set)}.</div></div>";
    }

    // The first clips, which play.
    private static string Film(ClipSet set)
    {
        using var indices = TorchSharp.torch.arange(Math.Min(set.Count, MostFilms));
        using var first = set.Select(indices);
        var film = ClipSheet.Film(first, columns: 8);
        var part = set.Count > MostFilms ? $"; the first {MostFilms}" : "";
        return $"<div><img alt=\"{first.Count} clips that play\" src=\"data:image/png;base64,{Convert.ToBase64String(film.Png)}\">" +
            $"<div>{WebUtility.HtmlEncode(set.ToString())}{part}</div></div>";
    }

    private static byte[] Bytes(SKData encoded)
    {
        using (encoded)
        {
            return encoded.ToArray();
        }
    }

    private static string Pre(string text) => $"<pre>{WebUtility.HtmlEncode(text)}</pre>";

    private static void RegisterPicture<T>(Func<T, byte[]> png, Func<T, string> words)
    {
        Formatter.Register<T>((value, writer) => writer.Write(Convert.ToBase64String(png(value))), "image/png");
        Formatter.Register<T>((value, writer) => writer.Write(words(value)), "text/plain");
        Formatter.SetPreferredMimeTypesFor(typeof(T), "image/png", "text/plain");
    }

    private static void RegisterText<T>(params string[] before)
    {
        Formatter.Register<T>((value, writer) => writer.Write(value), "text/plain");
        Formatter.SetPreferredMimeTypesFor(typeof(T), [.. before, "text/plain"]);
    }

    private static string Table(ModelSummary summary)
    {
        string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
        return ResultTable.Html($"{summary.Name}, input {ModelSummary.Shape(summary.InputShape)}", leftColumns: 3,
            ["layer", "type", "output", "parameters"],
            summary.Layers.Select(l => (string[])[l.Name, l.Type, ModelSummary.Shape(l.OutputShape), Number(l.Parameters)]),
            ["total", "", "", Number(summary.Parameters)]);
    }
}
