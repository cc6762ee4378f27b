using System.Diagnostics;
using ResearchKit.Notebooks.Cells;
using ResearchKit.Notebooks.Files;
using ResearchKit.Notebooks.Html;

namespace ResearchKit.Notebooks.Running;

/// <summary>A run of a notebook, shown in the terminal, and the two files that it leaves: the .ipynb with its outputs and the page.</summary>
/// <param name="notebook">Gets the outputs; its own file is not touched.</param>
/// <param name="folder">Where the copy goes; made when it is not there.</param>
internal sealed class ExecutedCopy(NotebookFile notebook, string folder)
{
    /// <summary>The executed .ipynb.</summary>
    public string File { get; } = Path.Combine(folder, Path.GetFileName(notebook.Path));

    /// <summary>The page.</summary>
    public string Page => Path.ChangeExtension(File, ".html");

    /// <summary>How long the cells took.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>plotly.js, when a cell made a chart.</summary>
    public string? PlotlyScript { get; private set; }

    /// <summary>The cell at which the run ended early, or null.</summary>
    public NotebookCell? FailedCell { get; private set; }

    /// <summary>Runs the cells, writes the files, and says why the run ended where it did not reach its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> MakeAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var runner = await RunAsync(timeout, cancellation).ConfigureAwait(false);
        PlotlyScript = runner.Script;
        HtmlPage.Write(notebook, PlotlyScript, Page);
        if (runner.Failure is not var (cell, error))
        {
            return 0;
        }

        FailedCell = cell;
        var line = error.Line > 0 ? $", line {error.Line}" : "";
        Console.Error.WriteLine($"{notebook.Path}: cell {cell.Id}{line}: {error.Name}: {error.Message}");
        Console.Error.WriteLine($"What ran before it is in {File} and {Page}");
        return error.Name == "Interrupted" ? ExitCode.Interrupted : ExitCode.Failed;
    }

    private async Task<((NotebookCell Cell, CellError Error)? Failure, string? Script)> RunAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        using var progress = new ConsoleProgress();
        var runner = new NotebookRunner(progress, timeout);
        var watch = Stopwatch.StartNew();
        var failure = await runner.RunAsync(notebook, () => notebook.Write(File), cancellation).ConfigureAwait(false);
        Time = watch.Elapsed;
        return (failure, runner.PlotlyScript);
    }
}
