namespace ResearchKit.Notebooks.Cells;

/// <summary>A directive line that cannot be handled.</summary>
internal sealed class DirectiveException(int line, string message) : Exception(message)
{
    /// <summary>The line of the cell, from 1.</summary>
    public int Line { get; } = line;
}
