using ResearchKit.Notebooks.Html;

namespace ResearchKit.Notebooks.Publishing;

/// <summary>Runs one notebook and puts its outputs into its own file, when no cell failed and they may be committed.</summary>
internal sealed class NotebookPublication
{
    // What changes with every run: JupyterLab's times, the ExecuteTime extension's, and papermill's.
    private static readonly string[] VolatileMetadata = ["execution", "ExecuteTime", "papermill"];

    private readonly NotebookFile _notebook;
    private readonly byte[] _before;

    /// <summary>Notes what the file holds now, and removes the values that an earlier run with -p left.</summary>
    public NotebookPublication(NotebookFile notebook)
    {
        _notebook = notebook;
        _before = File.ReadAllBytes(notebook.Path);
        NotebookParameters.Apply(notebook, []);
    }

    /// <summary>Runs the notebook and writes it; <paramref name="browser"/> draws the charts.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(RunOptions options, string browser)
    {
        var run = new NotebookRun(_notebook, options);
        var code = await run.RunAsync();
        if (code != 0)
        {
            Console.Error.WriteLine($"{_notebook.Path} was not changed.");
            return code;
        }

        var problems = Problems(run, browser);
        foreach (var problem in problems)
        {
            Console.Error.WriteLine($"{_notebook.Path}: {problem}");
        }

        if (problems.Count > 0)
        {
            Console.Error.WriteLine($"{_notebook.Path} was not changed; the executed copy is in {run.File} and {run.Page}");
            return ExitCode.Failed;
        }

        _notebook.Write(_notebook.Path);
        Console.WriteLine($"{_notebook.Path} and {run.Page} written after {run.Time.TotalSeconds:0} s");
        return 0;
    }

    private List<string> Problems(NotebookRun run, string browser)
    {
        try
        {
            foreach (var metadata in _notebook.Cells.Select(c => (JsonObject)c.Json["metadata"]!).Prepend(_notebook.Metadata))
            {
                Array.ForEach(VolatileMetadata, key => metadata.Remove(key));
            }

            ChartImages.Add(_notebook, run.PlotlyScript, browser);
        }
        catch (NotebookFileException e)
        {
            return [e.Message];
        }

        _notebook.Write(run.File);
        var problems = CanonicalOutputs.Problems(_notebook, new MachinePaths(_notebook.Folder));
        if (!File.ReadAllBytes(_notebook.Path).AsSpan().SequenceEqual(_before))
        {
            problems.Add("the file was changed while its cells ran; publish it again.");
        }

        return problems;
    }
}
