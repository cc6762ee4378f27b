namespace ResearchKit;

/// <summary>The command line is wrong in a way that its parser cannot see. The message says what is wrong and what to write.</summary>
/// <remarks>The command line links this file.</remarks>
internal sealed class UsageException(string message) : Exception(message);
