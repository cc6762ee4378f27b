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

    private static int s_count;

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

    /// <summary>The figure as an HTML fragment for .NET Interactive. The first fragment of a process carries plotly.js itself (3.6 MB); nothing is loaded from the network.</summary>
    public string ToHtml()
    {
        var number = Interlocked.Increment(ref s_count);
        var script = number == 1 ? $"<script>{PlotlyScript()}</script>" : "";
        var id = $"researchkit-figure-{number}";
        // Front ends run scripts in any order, so a chart waits until plotly.js is there.
        return $$"""
            {{script}}<div id="{{id}}" role="img" aria-label="{{WebUtility.HtmlEncode(Caption)}}"></div><script>
            (function draw() {
              if (!window.Plotly) { setTimeout(draw, 50); return; }
              var figure = {{ToJson()}};
              window.Plotly.newPlot('{{id}}', figure.data, figure.layout, {responsive: true});
            })();</script>
            """;
    }

    /// <inheritdoc/>
    public override string ToString() => Caption;

    private static string PlotlyScript()
    {
        var assembly = typeof(GenericChart).Assembly;
        var name = assembly.GetManifestResourceNames().First(n => n.EndsWith(".min.js", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
