using System.Net;
using System.Text.Json.Nodes;
using Plotly.NET;

namespace ResearchKit.Interactive;

/// <summary>A Plotly chart that shows itself offline: as figure JSON where the host draws that, else as HTML.</summary>
/// <remarks>Made from a Plotly.NET chart, or from JSON where Plotly.NET has no words for it (its charts drop animation frames).</remarks>
public sealed partial class Figure
{
    /// <summary>The MIME type of Plotly figures in notebooks.</summary>
    public const string MimeType = "application/vnd.plotly.v1+json";

    private readonly JsonObject _json;

    /// <summary>Takes over a Plotly.NET chart as it is now.</summary>
    /// <param name="chart">The chart.</param>
    /// <param name="caption">What it shows, for readers who do not see it.</param>
    public Figure(GenericChart chart, string caption = "A chart")
        : this(GenericChart.toFigureJson(chart), caption)
    {
    }

    /// <param name="plotly">What Plotly.NET makes of a chart.</param>
    /// <param name="caption">What it shows.</param>
    internal Figure(string plotly, string caption = "A chart")
        : this(Parse(plotly), caption)
    {
    }

    private Figure(JsonArray traces, JsonObject layout, string caption)
        : this(new JsonObject { ["data"] = traces, ["layout"] = layout }, caption)
    {
    }

    private Figure(JsonObject json, string caption)
    {
        _json = json;
        Caption = caption;
    }

    /// <summary>What it shows.</summary>
    public string Caption { get; }

    /// <summary>The figure as Plotly's JSON: an object with <c>data</c>, <c>layout</c> and, when it is animated, <c>frames</c>.</summary>
    public string ToJson() => _json.ToJsonString();

    /// <summary>The figure as an HTML fragment for .NET Interactive. It draws with the plotly.js that <see cref="Kit.Start"/> put into the
    /// page; nothing is loaded from the network.</summary>
    public string ToHtml()
    {
        var id = $"researchkit-figure-{Guid.NewGuid():N}"; // a kernel that starts again must not draw into an old cell

        // Front ends run scripts in any order, so a chart waits until plotly.js is there.
        return $$"""
            <div id="{{id}}" role="img" aria-label="{{WebUtility.HtmlEncode(Caption)}}"></div><script>
            (function draw() {
              if (!window.Plotly) { setTimeout(draw, 50); return; }
              var figure = {{ToJson()}};
              figure.config = {responsive: true};
              window.Plotly.newPlot('{{id}}', figure);
            })();</script>
            """;
    }

    /// <inheritdoc/>
    public override string ToString() => Caption;

    // plotly.js, which Plotly.NET carries, as a script (3.6 MB) that sets window.Plotly, also where the page has a module loader.
    internal static string PlotlyScriptElement()
    {
        var assembly = typeof(GenericChart).Assembly;
        var name = assembly.GetManifestResourceNames().First(n => n.EndsWith(".min.js", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return $"<script>(function (define, exports, module) {{{reader.ReadToEnd()}\n}}).call(window);</script>";
    }

    private static JsonObject Parse(string plotly)
    {
        var figure = JsonNode.Parse(plotly)!.AsObject();
        figure.Remove("config"); // of the page, not of the figure
        figure.Remove("frames"); // Plotly.NET writes an empty list
        figure["layout"]?.AsObject().Remove("template"); // 8 kB of defaults in every chart
        return figure;
    }
}
