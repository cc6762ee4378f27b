namespace ResearchKit.Notebooks.Cells;

/// <summary>Why a cell failed.</summary>
/// <param name="Name">The exception's type, or <c>CompilationError</c>, <c>Directive</c>, <c>Timeout</c>, <c>Interrupted</c>, <c>Crash</c>.</param>
/// <param name="Message">What happened and, where known, what to do.</param>
/// <param name="Line">The line of the cell, from 1; 0 where it is not known.</param>
/// <param name="Trace">Lines for the reader: the compiler's messages or the stack within the notebook.</param>
public sealed record CellError(string Name, string Message, int Line = 0, IReadOnlyList<string>? Trace = null);
