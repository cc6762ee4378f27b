using System.Globalization;
using ResearchKit.Notebooks.Files;
using ResearchKit.Notebooks.Html;
using ResearchKit.Notebooks.Running;

namespace ResearchKit.Notebooks.Publishing;

/// <summary>Runs one notebook and puts its outputs into its own file, when all went well and they may be committed.</summary>
internal sealed class NotebookPublication
{
    private readonly NotebookFile _notebook;
    private readonly byte[] _before;

    /// <summary>Notes what the file holds now.</summary>
    /// <param name="notebook">The notebook, as read from its file.</param>
    public NotebookPublication(NotebookFile notebook)
    {
        _notebook = notebook;
        _before = File.ReadAllBytes(notebook.Path);
        NotebookParameters.Apply(notebook, []); // what an earlier run with -p left
    }

    /// <summary>Runs the notebook and writes it.</summary>
    /// <param name="folder">Where the executed copy and the page go.</param>
    /// <param name="timeout">The most that a cell may take.</param>
    /// <param name="browser">The browser that draws the charts.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string folder, TimeSpan timeout, string browser, CancellationToken cancellation)
    {
        var copy = new ExecutedCopy(_notebook, folder);
        var code = await copy.MakeAsync(timeout, cancellation).ConfigureAwait(false);
        if (code != 0)
        {
            Console.Error.WriteLine($"{_notebook.Path} is as it was.");
            return code;
        }

        var problems = Problems(copy, browser);
        foreach (var problem in problems)
        {
            Console.Error.WriteLine($"{_notebook.Path}: {problem}");
        }

        if (problems.Count > 0)
        {
            Console.Error.WriteLine($"{_notebook.Path} is as it was; the executed copy is in {copy.File} and {copy.Page}");
            return ExitCode.Failed;
        }

        _notebook.Write(_notebook.Path);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_notebook.Path} and {copy.Page} written after {copy.Time.TotalSeconds:0} s"));
        return 0;
    }

    private IReadOnlyList<string> Problems(ExecutedCopy copy, string browser)
    {
        try
        {
            VolatileMetadata.Remove(_notebook);
            ChartPictures.Add(_notebook, copy.PlotlyScript, browser);
        }
        catch (NotebookFileException e)
        {
            return [e.Message];
        }

        _notebook.Write(copy.File);
        var problems = CanonicalOutputs.Problems(_notebook, new MachinePaths(Path.GetDirectoryName(Path.GetFullPath(_notebook.Path))!));
        return File.ReadAllBytes(_notebook.Path).AsSpan().SequenceEqual(_before)
            ? problems
            : [.. problems, "the file was changed while its cells ran; publish it again."];
    }
}
