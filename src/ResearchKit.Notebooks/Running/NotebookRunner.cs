using System.Diagnostics;
using ResearchKit.Notebooks.Cells;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Running;

/// <summary>Runs a notebook's cells in a process of their own and puts their outputs into the notebook.</summary>
internal sealed class NotebookRunner(IRunProgress progress, TimeSpan timeout)
{
    private readonly List<(NotebookCell Cell, CellOutputs Outputs)> _finished = [];

    /// <summary>plotly.js, when a cell made a chart.</summary>
    public string? PlotlyScript { get; private set; }

    /// <summary>Runs the cells from top to bottom, to the end or to the first that fails.</summary>
    /// <param name="notebook">Gets the outputs; those of cells that did not run are removed.</param>
    /// <param name="save">Called after every cell, so that nothing is lost when this process is killed.</param>
    /// <param name="cancellation">Ends the cell in progress.</param>
    /// <returns>The cell that failed with its error, or null.</returns>
    public async Task<(NotebookCell Cell, CellError Error)?> RunAsync(NotebookFile notebook, Action save, CancellationToken cancellation)
    {
        var cells = notebook.Cells.Where(c => c.IsCode).ToList();
        cells.ForEach(c => c.SetOutputs(null, null));
        save();
        await using var worker = await WorkerProcess.StartAsync(Path.GetDirectoryName(Path.GetFullPath(notebook.Path))!, cancellation).ConfigureAwait(false);
        for (var i = 0; i < cells.Count; i++)
        {
            var cell = cells[i];
            progress.Started(cell, i + 1, cells.Count);
            var watch = Stopwatch.StartNew();
            var outputs = new CellOutputs(i + 1);
            var error = LanguageError(cell) ?? await RunCellAsync(worker, cell, outputs, cancellation).ConfigureAwait(false);
            if (error is not null)
            {
                outputs.AddError(error);
            }

            _finished.Add((cell, outputs));
            cell.SetOutputs(outputs.ToJson(), i + 1);
            save();
            progress.Ended(cell, watch.Elapsed, error);
            if (error is not null && !(cell.HasTag("raises-exception") && error.Name is not ("Timeout" or "Interrupted" or "Crash")))
            {
                return (cell, error);
            }
        }

        return null;
    }

    // A cell may replace what an earlier one shows.
    private void Update(CellOutputs current, WorkerMessage message)
    {
        current.Update(message.Data!, message.Name);
        foreach (var (cell, outputs) in _finished.Where(f => f.Outputs.Update(message.Data!, message.Name)))
        {
            cell.SetOutputs(outputs.ToJson(), (int)cell.Json["execution_count"]!);
        }
    }

    private static CellError? LanguageError(NotebookCell cell) => cell.Language is null or "csharp"
        ? null
        : new CellError("Directive", $"the cell is written in {cell.Language}; this host runs C# only. Open the notebook in VS Code with Polyglot.");

    private async Task<CellError?> RunCellAsync(WorkerProcess worker, NotebookCell cell, CellOutputs outputs, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        CellError? error = null;
        try
        {
            await worker.SendAsync(cell.Id, cell.Source).ConfigureAwait(false);
            while (true)
            {
                switch (await worker.ReceiveAsync(limit.Token).ConfigureAwait(false))
                {
                    case null:
                        return new CellError("Crash", $"the process that runs the cells is gone: {worker.ExitDescription}. An error inside native code ends the whole process; what it printed is above.");
                    case { Kind: WorkerMessageKind.Stream } m:
                        outputs.AddStream(m.Name!, m.Text!);
                        progress.Wrote(m.Text!);
                        break;
                    case { Kind: WorkerMessageKind.Display } m:
                        outputs.AddDisplay(m.Data!, m.Name);
                        break;
                    case { Kind: WorkerMessageKind.Update } m:
                        Update(outputs, m);
                        break;
                    case { Kind: WorkerMessageKind.Result } m:
                        outputs.AddResult(m.Data!);
                        break;
                    case { Kind: WorkerMessageKind.PlotlyScript } m:
                        PlotlyScript = m.Text;
                        break;
                    case { Kind: WorkerMessageKind.Error } m:
                        error = m.Error;
                        break;
                    case { Kind: WorkerMessageKind.Done }:
                        foreach (var m in await worker.LastWordsAsync().ConfigureAwait(false))
                        {
                            outputs.AddStream(m.Name!, m.Text!);
                            progress.Wrote(m.Text!);
                        }

                        return error;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return cancellation.IsCancellationRequested
                ? new CellError("Interrupted", "interrupted while this cell ran.")
                : new CellError("Timeout", $"the cell ran longer than {timeout.TotalSeconds:0.#} s and was ended. Give it more with --timeout, or look for an endless loop.");
        }
        catch (IOException)
        {
            return new CellError("Crash", $"the process that runs the cells is gone: {worker.ExitDescription}.");
        }
    }
}
