using ResearchKit.Notebooks.Cells;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Running;

/// <summary>Told how a run goes on.</summary>
internal interface IRunProgress
{
    void Started(NotebookCell cell, int number, int count);

    void Wrote(string text);

    void Ended(NotebookCell cell, TimeSpan time, CellError? error);
}
