using ResearchKit.Notebooks.Html;

namespace ResearchKit.Notebooks.Running;

/// <summary>What the command line says of a run.</summary>
/// <param name="Folder">Where the executed copy goes; made when it is not there.</param>
/// <param name="Timeout">The most that a cell may take.</param>
/// <param name="Limits">The most of the machine that the cells may take.</param>
/// <param name="Cancellation">Ends the cell in progress.</param>
internal sealed record RunOptions(string Folder, TimeSpan Timeout, ProcessLimits Limits, CancellationToken Cancellation);

/// <summary>One run of a notebook, shown in the terminal; leaves the .ipynb with its outputs and the page in a folder.</summary>
/// <param name="notebook">Gets the outputs; its own file is not touched.</param>
/// <param name="options">The folder and the limits.</param>
internal sealed class NotebookRun(NotebookFile notebook, RunOptions options)
{
    private readonly List<(NotebookCell Cell, CellOutputs Outputs)> _started = [];

    /// <summary>The executed .ipynb.</summary>
    public string File { get; } = Path.Combine(options.Folder, Path.GetFileName(notebook.Path));

    /// <summary>The HTML page.</summary>
    public string Page => Path.ChangeExtension(File, ".html");

    /// <summary>How long the cells took.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>plotly.js, when a cell made a chart.</summary>
    public string? PlotlyScript { get; private set; }

    /// <summary>The cell at which the run ended early, or null.</summary>
    public NotebookCell? FailedCell { get; private set; }

    /// <summary>Runs the cells to the end or to the first that fails, writes the files, and says why a cell failed.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        Directory.CreateDirectory(options.Folder);
        var watch = Stopwatch.StartNew();
        var error = await RunCellsAsync();
        Time = watch.Elapsed;
        HtmlPage.Write(notebook, PlotlyScript, Page);
        if (error is null)
        {
            return 0;
        }

        var line = error.Line > 0 ? $", line {error.Line}" : "";
        Console.Error.WriteLine($"{notebook.Path}: cell {FailedCell!.Id}{line}: {error.Name}: {error.Message}");
        Console.Error.WriteLine($"The outputs up to this cell are in {File} and {Page}");
        return error.Name == "Interrupted" ? ExitCode.Interrupted : ExitCode.Failed;
    }

    // Saves after every cell, so that nothing is lost when this process is killed.
    private async Task<CellError?> RunCellsAsync()
    {
        using var progress = new ConsoleProgress();
        var cells = notebook.CodeCells;
        cells.ForEach(c => c.SetOutputs(null, null));
        notebook.Write(File);
        await using var worker = await WorkerProcess.StartAsync(notebook.Folder, options.Limits, options.Cancellation);
        foreach (var (i, cell) in cells.Index())
        {
            progress.Started(cell, i + 1, cells.Count);
            var outputs = new CellOutputs(i + 1);
            _started.Add((cell, outputs));
            var error = cell.Language is null or "csharp"
                ? await RunCellAsync(worker, cell, outputs, progress)
                : new CellError("Directive", $"the cell is written in {cell.Language}; this host runs C# only. "
                    + "Open the notebook in VS Code with Polyglot.");
            if (error is not null)
            {
                outputs.AddError(error);
            }

            cell.SetOutputs(outputs.ToJson(), i + 1);
            notebook.Write(File);
            progress.Ended(cell, error);
            if (error is not null && (!cell.HasTag(NotebookCell.Raises) || error.Name is "Timeout" or "Interrupted" or "Limit" or "Crash"))
            {
                FailedCell = cell;
                return error;
            }
        }

        return null;
    }

    private async Task<CellError?> RunCellAsync(WorkerProcess worker, NotebookCell cell, CellOutputs outputs, ConsoleProgress progress)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(options.Cancellation);
        stop.CancelAfter(options.Timeout);
        CellError? error = null;
        try
        {
            await worker.SendAsync(cell.Id, cell.Source);
            while (await worker.ReceiveAsync(stop.Token) is { } message)
            {
                if (message.Kind == WorkerMessageKind.Done)
                {
                    (await worker.RemainingTextAsync()).ForEach(Take);
                    return error;
                }

                Take(message);
            }
        }
        catch (OperationCanceledException)
        {
            return options.Cancellation.IsCancellationRequested
                ? new CellError("Interrupted", "interrupted while this cell ran.")
                : new CellError("Timeout", $"the cell ran longer than {options.Timeout.TotalSeconds:0.#} s and was ended. "
                    + "Give it more with --timeout, or look for an endless loop.");
        }
        catch (IOException)
        {
            // The process closed its pipe.
        }

        if (worker.Broken is { } limit)
        {
            return new CellError("Limit", limit + ". What the notebook showed before is kept.");
        }

        return new CellError("Crash", $"the process that runs the cells ended: {worker.ExitDescription}. "
            + "An error inside native code ends the whole process; what it printed is above.");

        void Take(WorkerMessage message)
        {
            switch (message.Kind)
            {
                case WorkerMessageKind.Update:
                    Update(message);
                    break;
                case WorkerMessageKind.PlotlyScript:
                    PlotlyScript = message.Text;
                    break;
                case WorkerMessageKind.Error:
                    error = message.Error;
                    break;
                default:
                    if (outputs.Add(message) && message.Kind == WorkerMessageKind.Stream)
                    {
                        progress.Wrote(message.Text!);
                    }

                    break;
            }
        }
    }

    // A cell may replace what an earlier one shows.
    private void Update(WorkerMessage message)
    {
        foreach (var (i, (cell, outputs)) in _started.Index())
        {
            if (outputs.Update(message) && i < _started.Count - 1)
            {
                cell.SetOutputs(outputs.ToJson(), i + 1);
            }
        }
    }
}
