namespace ResearchKit.Notebooks.Checking;

/// <summary>One notebook's check: what is in its file against what a new run gives. The file is only read. Solutions that
/// never ran must run; their outputs are compared with nothing.</summary>
internal sealed class NotebookCheck
{
    private readonly NotebookFile _notebook;
    private readonly List<string> _fastValues = [];
    private readonly List<(NotebookCell Cell, JsonArray Committed, CellTolerance Tolerance)> _cells;
    private readonly HashSet<JsonObject> _new;
    private readonly bool _wasRun;

    /// <summary>Reads the tags and sets the fast values: what is wrong with them shows before any cell runs.</summary>
    /// <param name="notebook">The notebook with its committed outputs.</param>
    /// <param name="fast">True to run with the notebook's fast values, where it has some.</param>
    /// <exception cref="NotebookFileException">A tag or a fast value is malformed.</exception>
    public NotebookCheck(NotebookFile notebook, bool fast)
    {
        _notebook = notebook;
        _cells = notebook.CodeCells.ConvertAll(c => (c, c.Outputs, CellTolerance.Of(c, notebook.Path)));
        _wasRun = _cells.Count == 0 || _cells.Exists(c => c.Cell.HasRun);
        _new = [.. _cells.Where(c => !c.Cell.HasRun && c.Cell.HasTag(NotebookCell.Solution)).Select(c => c.Cell.Json)];
        _fastValues = fast ? NotebookParameters.ApplyFast(notebook) : [];
        if (_fastValues.Count > 0)
        {
            // The cell with the values of an earlier run was replaced.
            _cells.RemoveAll(c => c.Cell.HasTag(NotebookParameters.InjectedTag));
            _cells = _cells.ConvertAll(c => (c.Cell, c.Committed, new CellTolerance(KindOnly: true)));
        }
    }

    /// <summary>Runs the notebook, and prints a line for every cell that differs and one for the notebook.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(RunOptions options)
    {
        if (!_wasRun)
        {
            var path = _notebook.Path;
            Console.Error.WriteLine($"{path} has no outputs to compare with; run `researchkit notebook publish {path}`.");
            return ExitCode.Failed;
        }

        if (_fastValues.Count > 0)
        {
            Console.WriteLine($"{_notebook.Path}: runs with {string.Join(", ", _fastValues)}; only the kinds of outputs are compared");
        }

        var run = new NotebookRun(_notebook, options);
        var code = await run.RunAsync();
        var finished = _cells.FindAll(c => c.Cell.HasRun && c.Cell.Json != run.FailedCell?.Json && !_new.Contains(c.Cell.Json));
        var differ = finished.Count(Differs);
        var rest = _new.Count == 0 ? "" : $", {_new.Count} never ran before";
        rest += run.FailedCell is null ? "" : $", 1 failed, {_cells.Count(c => !c.Cell.HasRun)} did not run";
        Console.WriteLine($"{_notebook.Path}: {finished.Count - differ} cells agree, {differ} differ{rest} ({run.Time.TotalSeconds:0} s)");
        return code == 0 && differ > 0 ? ExitCode.Failed : code;
    }

    private bool Differs((NotebookCell Cell, JsonArray Committed, CellTolerance Tolerance) cell)
    {
        if (OutputComparison.Compare(cell.Committed, cell.Cell.Outputs, cell.Tolerance) is not var (where, committed, actual))
        {
            return false;
        }

        var name = $"{_notebook.Path}: cell {cell.Cell.Id}";
        Console.WriteLine($"{name} differs: {where}: committed {committed}, got {actual} ({cell.Tolerance})");
        return true;
    }
}
