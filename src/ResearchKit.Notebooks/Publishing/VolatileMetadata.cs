using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Publishing;

/// <summary>What editors and tools note about one run, and what therefore changes with every run.</summary>
internal static class VolatileMetadata
{
    // JupyterLab's times, the ExecuteTime extension's, and papermill's.
    private static readonly string[] Keys = ["execution", "ExecuteTime", "papermill"];

    /// <summary>Removes it from the notebook and from its cells.</summary>
    public static void Remove(NotebookFile notebook)
    {
        foreach (var metadata in notebook.Cells.Select(c => c.Json["metadata"]!.AsObject()).Prepend(notebook.Metadata))
        {
            foreach (var key in Keys)
            {
                metadata.Remove(key);
            }
        }
    }
}
