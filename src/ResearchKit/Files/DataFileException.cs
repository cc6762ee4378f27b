namespace ResearchKit.Files;

/// <summary>A data file is missing, damaged or not of the expected format. The message names the file, what is wrong and what to
/// do.</summary>
public class DataFileException : Exception
{
    /// <summary>Creates the exception for one file.</summary>
    /// <param name="path">The file or folder at fault.</param>
    /// <param name="problem">What is wrong with it, as a sentence without the path.</param>
    /// <param name="innerException">The reader's own error, if there was one.</param>
    public DataFileException(string path, string problem, Exception? innerException = null)
        : base($"{path}: {problem}", innerException) => Path = path;

    /// <summary>The file or folder at fault.</summary>
    public string Path { get; }
}
