namespace ResearchKit.Experiments.Runs;

/// <summary>Another process trains the run: nothing is wrong with it, and nothing was done.</summary>
/// <param name="path">The run's folder.</param>
/// <param name="problem">Who trains it and what to do, as a sentence without the path.</param>
/// <param name="innerException">The system's own error, if there was one.</param>
public sealed class RunHeldException(string path, string problem, Exception? innerException = null)
    : DataFileException(path, problem, innerException);
