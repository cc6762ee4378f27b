using System.Globalization;
using System.Text.Json.Nodes;
using ResearchKit.Notebooks.Files;
using ResearchKit.Notebooks.Running;

namespace ResearchKit.Notebooks.Checking;

/// <summary>One notebook's check: what is in its file against what a new run gives. The file is only read.</summary>
internal sealed class NotebookCheck
{
    private readonly NotebookFile _notebook;
    private readonly IReadOnlyList<string> _fastValues = [];
    private readonly List<(NotebookCell Cell, JsonArray Committed, CellTolerance Tolerance)> _cells;
    private readonly bool _wasRun;

    /// <summary>Reads the tags and sets the fast values: what is wrong with them shows before any cell runs.</summary>
    /// <param name="notebook">The notebook with its committed outputs.</param>
    /// <param name="fast">True to run with the notebook's fast values, where it has some.</param>
    /// <exception cref="NotebookFileException">A tag or a fast value is malformed.</exception>
    public NotebookCheck(NotebookFile notebook, bool fast)
    {
        _notebook = notebook;
        var code = notebook.Cells.Where(c => c.IsCode).ToList();
        _wasRun = code.Count == 0 || code.Exists(c => c.Json["execution_count"] is not null);
        _cells = code.ConvertAll(c => (c, c.Outputs, CellTolerance.Of(c, notebook.Path)));
        _fastValues = fast ? FastValues.Apply(notebook) : [];
        if (_fastValues.Count > 0)
        {
            // The values set by an earlier run made way for these.
            _cells = [.. _cells.Where(c => !c.Cell.HasTag(NotebookParameters.InjectedTag)).Select(c => (c.Cell, c.Committed, new CellTolerance(KindOnly: true)))];
        }
    }

    /// <summary>Runs the notebook, and prints a line for every cell that differs and one for the notebook.</summary>
    /// <param name="folder">Where the executed copy goes.</param>
    /// <param name="timeout">The most that a cell may take.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string folder, TimeSpan timeout, CancellationToken cancellation)
    {
        if (!_wasRun)
        {
            Console.Error.WriteLine($"{_notebook.Path} has no outputs to compare with; run `researchkit notebook publish {_notebook.Path}`.");
            return ExitCode.Failed;
        }

        if (_fastValues.Count > 0)
        {
            Console.WriteLine($"{_notebook.Path}: runs with {string.Join(", ", _fastValues)}; only the kinds of outputs are compared");
        }

        var copy = new ExecutedCopy(_notebook, folder);
        var code = await copy.MakeAsync(timeout, cancellation).ConfigureAwait(false);
        var ran = _cells.Where(c => c.Cell.Json["execution_count"] is not null && c.Cell.Json != copy.FailedCell?.Json).ToList();
        var differ = ran.Count(Differs);
        var rest = copy.FailedCell is null ? "" : $", 1 failed, {_cells.Count(c => c.Cell.Json["execution_count"] is null)} did not run";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_notebook.Path}: {ran.Count - differ} cells agree, {differ} differ{rest} ({copy.Time.TotalSeconds:0} s)"));
        return code == 0 && differ > 0 ? ExitCode.Failed : code;
    }

    private bool Differs((NotebookCell Cell, JsonArray Committed, CellTolerance Tolerance) cell)
    {
        if (OutputComparison.Compare(cell.Committed, cell.Cell.Outputs, cell.Tolerance) is not { } difference)
        {
            return false;
        }

        Console.WriteLine($"{_notebook.Path}: cell {cell.Cell.Id} differs: {difference.Where}: committed {difference.Committed}, came out {difference.CameOut} ({cell.Tolerance})");
        return true;
    }
}
