using System.CommandLine;
using System.Globalization;
using ResearchKit.Notebooks.Files;
using ResearchKit.Notebooks.Html;
using ResearchKit.Notebooks.Running;

namespace ResearchKit.Notebooks;

/// <summary><c>run FILE [-p name=value ...] [--out DIR] [--timeout S]</c>.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The notebook, an .ipynb file with C# cells." };
        var parameters = new Option<string[]>("-p", "--parameter") { Description = "name=value for a variable of the cell tagged 'parameters'; may be repeated.", DefaultValueFactory = _ => [] };
        var folder = new Option<string>("--out") { Description = "Folder for the executed .ipynb and the .html.", DefaultValueFactory = _ => Path.Combine("artifacts", "notebooks") };
        var timeout = new Option<double>("--timeout") { Description = "Seconds that one cell may run.", DefaultValueFactory = _ => 3600 };
        var pictures = new Option<bool>("--chart-pictures") { Description = "Adds a PNG to every chart, drawn by the Chromium, Chrome or Edge of this machine." };
        var watchInput = new Option<bool>("--stop-at-end-of-input") { Hidden = true };
        var command = new Command("run", "Runs a notebook from top to bottom and writes it with its outputs, as .ipynb and as a self-contained .html.") { file, parameters, folder, timeout, pictures, watchInput };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(watchInput))
            {
                _ = StopAtEndOfInputAsync(stop);
            }

            if (parsed.GetValue(timeout) is not (> 0 and <= 4_000_000))
            {
                throw new NotebookFileException("--timeout must be a number of seconds above 0 and at most 4000000.");
            }

            var notebook = NotebookFile.Read(parsed.GetValue(file)!);
            NotebookParameters.Apply(notebook, parsed.GetValue(parameters)!);
            var result = Path.Combine(parsed.GetValue(folder)!, Path.GetFileName(notebook.Path));
            return await RunAsync(notebook, result, TimeSpan.FromSeconds(parsed.GetValue(timeout)), parsed.GetValue(pictures), stop.Token).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(NotebookFile notebook, string result, TimeSpan timeout, bool withPictures, CancellationToken cancellation)
    {
        var browser = withPictures ? ChartPictures.FindBrowser() : null; // before hours of cells
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(result))!);
        using var progress = new ConsoleProgress();
        var runner = new NotebookRunner(progress, timeout);
        var start = DateTime.UtcNow;
        var failure = await runner.RunAsync(notebook, () => notebook.Write(result), cancellation).ConfigureAwait(false);
        var page = Path.ChangeExtension(result, ".html");
        HtmlPage.Write(notebook, runner.PlotlyScript, page);
        if (failure is var (cell, error))
        {
            var line = error.Line > 0 ? $", line {error.Line}" : "";
            Console.Error.WriteLine($"{notebook.Path}: cell {cell.Id}{line}: {error.Name}: {error.Message}");
            Console.Error.WriteLine($"What ran before it is in {result} and {page}");
            return error.Name == "Interrupted" ? ExitCode.Interrupted : ExitCode.CellFailed;
        }

        if (browser is not null)
        {
            ChartPictures.Add(notebook, runner.PlotlyScript, browser);
            notebook.Write(result);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result} and {page} written after {(DateTime.UtcNow - start).TotalSeconds:0} s"));
        return 0;
    }

    private static async Task StopAtEndOfInputAsync(CancellationTokenSource stop)
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        while (await input.ReadAsync(buffer).ConfigureAwait(false) > 0)
        {
            // What is typed is not for the notebook.
        }

        try
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The run has ended already.
        }
    }
}
