using System.Buffers.Binary;

namespace ResearchKit.Notebooks.Html;

/// <summary>Adds a PNG to every chart of a notebook, for code hosts that run no scripts.</summary>
internal static class ChartImages
{
    private const string BrowserVariable = "RESEARCHKIT_BROWSER";
    private const string MacFolder = "/Applications/Google Chrome.app/Contents/MacOS";
    private const string Mark = "researchkit-images:";
    private const int Scale = 2; // sharp on dense screens and when a lecture enlarges it

    private static readonly string[] BrowserNames =
    [
        "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge",
        "chrome.exe", "msedge.exe", "Google Chrome",
    ];

    private static readonly string[] BrowserArguments =
    [
        "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-quic", "--virtual-time-budget=60000", "--dump-dom",
    ];

    /// <summary>The browser that draws the charts: Chromium, Chrome or Edge.</summary>
    /// <exception cref="NotebookFileException">There is none on this machine.</exception>
    public static string FindBrowser()
    {
        if (Environment.GetEnvironmentVariable(BrowserVariable) is { Length: > 0 } named)
        {
            return File.Exists(named)
                ? named
                : throw new NotebookFileException($"{BrowserVariable} names {named}, and there is no such file.");
        }

        string[] folders = [.. $"{Environment.GetEnvironmentVariable("PATH")}".Split(Path.PathSeparator), MacFolder];
        return BrowserNames.SelectMany(_ => folders, (name, folder) => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new NotebookFileException("The images of charts are drawn by Chromium, Chrome or Edge, and none is on the PATH. "
                + $"Install one, or name its program in {BrowserVariable}.");
    }

    /// <summary>Draws every chart and puts its image beside it, with two pixels for each of the chart's.</summary>
    /// <param name="notebook">The notebook with its outputs.</param>
    /// <param name="plotlyScript">plotly.js; may be null when there is no chart.</param>
    /// <param name="browser">The browser's program.</param>
    /// <exception cref="NotebookFileException">The browser drew nothing, or there is no plotly.js.</exception>
    public static void Add(NotebookFile notebook, string? plotlyScript, string browser)
    {
        List<JsonObject> charts = [.. notebook.Cells.SelectMany(c => c.Outputs).OfType<JsonObject>()
            .Where(o => (o["data"] as JsonObject)?.ContainsKey(NotebookText.PlotlyMimeType) == true)];
        if (charts.Count == 0)
        {
            return;
        }

        if (plotlyScript is null)
        {
            throw new NotebookFileException("A chart cannot be drawn: the notebook's libraries bring no plotly.js. "
                + "Reference the kit's ResearchKit.Interactive.dll before the first chart.");
        }

        var figures = charts.Select(c => c["data"]![NotebookText.PlotlyMimeType]!.ToJsonString());
        var page = TextFiles.ReadEmbedded("charts.html").Replace("{{plotly}}", plotlyScript, StringComparison.Ordinal)
            .Replace("{{scale}}", $"{Scale}", StringComparison.Ordinal)
            .Replace("{{figures}}", string.Join(",\n", figures), StringComparison.Ordinal);
        foreach (var (chart, image) in charts.Zip(Draw(page, browser)))
        {
            chart["data"]!["image/png"] = image + "\n";
            var size = Convert.FromBase64String(image).AsSpan(16, 8); // of the PNG's header
            chart["metadata"] = new JsonObject
            {
                ["image/png"] = new JsonObject
                {
                    ["width"] = BinaryPrimitives.ReadInt32BigEndian(size) / Scale,
                    ["height"] = BinaryPrimitives.ReadInt32BigEndian(size[4..]) / Scale,
                },
            };
        }
    }

    // The base64 that the page's script leaves in its body.
    private static List<string> Draw(string page, string browser)
    {
        var folder = Directory.CreateTempSubdirectory("researchkit-charts-").FullName;
        try
        {
            var file = Path.Combine(folder, "charts.html");
            File.WriteAllText(file, page);
            var dom = Run(browser, [$"--user-data-dir={Path.Combine(folder, "profile")}", .. BrowserArguments, new Uri(file).AbsoluteUri]);
            var start = dom.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
            return start >= Mark.Length
                ? JsonSerializer.Deserialize<List<string>>(dom[start..(dom.IndexOf(']', start) + 1)])!
                : throw new NotebookFileException($"The browser drew no images of the charts. Name another one in {BrowserVariable}.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Run(string browser, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(browser, Environment.UserName == "root" ? arguments.Prepend("--no-sandbox") : arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
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
}
