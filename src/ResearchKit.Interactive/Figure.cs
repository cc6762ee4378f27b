using System.Net;
using System.Text.Json.Nodes;
using Plotly.NET;

namespace ResearchKit.Interactive;

/// <summary>A Plotly.NET chart that shows itself offline: as figure JSON where the host draws that, else as HTML.</summary>
/// <param name="chart">The chart.</param>
/// <param name="caption">What it shows, for readers who do not see it.</param>
public sealed partial class Figure(GenericChart chart, string caption = "A chart")
{
    /// <summary>The MIME type of Plotly figures in notebooks.</summary>
    public const string MimeType = "application/vnd.plotly.v1+json";

    /// <summary>The chart, to be changed with Plotly.NET's own functions.</summary>
    public GenericChart Chart { get; } = chart;

    /// <summary>What it shows.</summary>
    public string Caption { get; } = caption;

    /// <summary>The figure as Plotly's JSON: an object with <c>data</c> and <c>layout</c>.</summary>
    public string ToJson()
    {
        var figure = JsonNode.Parse(GenericChart.toFigureJson(Chart))!.AsObject();
        figure.Remove("config"); // of the page, not of the figure
        figure["layout"]?.AsObject().Remove("template"); // 8 kB of defaults in every chart
        return figure.ToJsonString();
    }

    /// <summary>The figure as an HTML fragment for .NET Interactive. It draws with the plotly.js that <see cref="Kit.Start"/> put into the page; nothing is loaded from the network.</summary>
    public string ToHtml()
    {
        var id = $"researchkit-figure-{Guid.NewGuid():N}"; // a kernel that starts again must not draw into an old cell

        // Front ends run scripts in any order, so a chart waits until plotly.js is there.
        return $$"""
            <div id="{{id}}" role="img" aria-label="{{WebUtility.HtmlEncode(Caption)}}"></div><script>
            (function draw() {
              if (!window.Plotly) { setTimeout(draw, 50); return; }
              var figure = {{ToJson()}};
              window.Plotly.newPlot('{{id}}', figure.data, figure.layout, {responsive: true});
            })();</script>
            """;
    }

    /// <inheritdoc/>
    public override string ToString() => Caption;

    /// <summary>plotly.js, which Plotly.NET carries, as a script element (3.6 MB) that sets <c>window.Plotly</c>, also where the page has a module loader.</summary>
    internal static string PlotlyScriptElement()
    {
        var assembly = typeof(GenericChart).Assembly;
        var name = assembly.GetManifestResourceNames().First(n => n.EndsWith(".min.js", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return $"<script>(function (define, exports, module) {{{reader.ReadToEnd()}\n}}).call(window);</script>";
    }
}
