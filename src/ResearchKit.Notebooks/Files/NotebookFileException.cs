namespace ResearchKit.Notebooks.Files;

/// <summary>A file is not a notebook that can be run, or an argument does not fit it. The message says what, where and what to do.</summary>
public sealed class NotebookFileException(string message, Exception? innerException = null) : Exception(message, innerException);
