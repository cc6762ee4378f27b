using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Html;

/// <summary>Adds a PNG to every chart of a notebook, for code hosts that run no scripts: drawn by the Chromium, Chrome or Edge of this machine.</summary>
internal static class ChartPictures
{
    /// <summary>The environment variable that names the browser's program.</summary>
    private const string BrowserVariable = "RESEARCHKIT_BROWSER";

    private const string Mark = "researchkit-pictures:";

    /// <summary>Draws every chart and puts its picture beside it.</summary>
    /// <param name="notebook">The notebook with its outputs.</param>
    /// <param name="plotlyScript">plotly.js; may be null when there is no chart.</param>
    /// <param name="browser">The browser's program.</param>
    /// <exception cref="NotebookFileException">The browser drew nothing, or there is no plotly.js.</exception>
    public static void Add(NotebookFile notebook, string? plotlyScript, string browser)
    {
        var bundles = notebook.Cells.SelectMany(c => c.Outputs).Select(o => o!["data"]).OfType<JsonObject>().Where(d => d.ContainsKey(NotebookCell.PlotlyMimeType)).ToList();
        if (bundles.Count == 0)
        {
            return;
        }

        if (plotlyScript is null)
        {
            throw new NotebookFileException("A chart cannot be drawn: the notebook's libraries bring no plotly.js. Reference the kit's ResearchKit.Interactive.dll before the first chart.");
        }

        var pictures = Draw(bundles.ConvertAll(b => b[NotebookCell.PlotlyMimeType]!.ToJsonString()), plotlyScript, browser);
        foreach (var (bundle, picture) in bundles.Zip(pictures))
        {
            bundle["image/png"] = picture + "\n";
        }
    }

    private static List<string> Draw(List<string> figures, string plotlyScript, string browser)
    {
        var folder = Directory.CreateTempSubdirectory("researchkit-charts-");
        try
        {
            var page = Path.Combine(folder.FullName, "charts.html");
            File.WriteAllText(page, Page(figures, plotlyScript));
            var dom = Run(browser, page, folder.FullName);
            var start = dom.IndexOf(Mark, StringComparison.Ordinal);
            if (start < 0)
            {
                throw new NotebookFileException($"The browser drew no pictures of the charts. Name another one in {BrowserVariable}.");
            }

            start += Mark.Length;
            return JsonSerializer.Deserialize<List<string>>(dom[start..dom.IndexOf(']', start)] + "]")!;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The marker is put together by the script, so that the source of the page does not hold it.
    private static string Page(List<string> figures, string plotlyScript) => $$"""
        <!DOCTYPE html><meta charset="utf-8"><body><script>{{plotlyScript}}</script><script>
        // Colours in steps of 8: nobody sees it in a chart, and smoothed edges then pack better.
        async function withFewColors(url) {
          var image = new Image();
          await new Promise(function (loaded) { image.onload = loaded; image.src = url; });
          var canvas = document.createElement('canvas');
          [canvas.width, canvas.height] = [image.width, image.height];
          var context = canvas.getContext('2d', {alpha: false});
          context.drawImage(image, 0, 0);
          var pixels = context.getImageData(0, 0, image.width, image.height);
          for (var i = 0; i < pixels.data.length; i++) { pixels.data[i] = Math.min(255, Math.round(pixels.data[i] / 8) * 8); }
          context.putImageData(pixels, 0, 0);
          return canvas.toDataURL('image/png');
        }
        (async function () {
          var pictures = [];
          for (var figure of [{{string.Join(",\n", figures)}}]) {
            delete figure.layout.sliders; delete figure.layout.updatemenus; // a picture has nothing to press
            var box = document.createElement('div');
            document.body.appendChild(box);
            await Plotly.newPlot(box, figure.data, figure.layout, {staticPlot: true});
            var size = {format: 'png', width: figure.layout.width || 760, height: figure.layout.height || 380};
            pictures.push((await withFewColors(await Plotly.toImage(box, size))).split(',')[1]);
          }
          document.body.textContent = 'researchkit-' + 'pictures:' + JSON.stringify(pictures);
        })();
        </script></body>
        """;

    private static string Run(string browser, string page, string folder)
    {
        var start = new ProcessStartInfo(browser) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
            $"--user-data-dir={Path.Combine(folder, "profile")}", "--virtual-time-budget=60000", "--dump-dom", new Uri(page).AbsoluteUri,
        ];
        foreach (var argument in Environment.UserName == "root" ? arguments.Prepend("--no-sandbox") : arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var dom = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
        }

        errors.Wait();
        return dom.Result;
    }

    /// <summary>The program of a browser on this machine.</summary>
    /// <exception cref="NotebookFileException">There is none.</exception>
    public static string FindBrowser()
    {
        if (Environment.GetEnvironmentVariable(BrowserVariable) is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new NotebookFileException($"{BrowserVariable} names {named}, and there is no such file.");
        }

        string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "chrome.exe", "msedge.exe"];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/Applications/Google Chrome.app/Contents/MacOS");
        return names.Append("Google Chrome").SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new NotebookFileException($"The pictures of charts are drawn by Chromium, Chrome or Edge, and none is on the PATH. Install one, or name its program in {BrowserVariable}.");
    }
}
