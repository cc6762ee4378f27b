namespace ResearchKit.Metrics;

/// <summary>Two results were made in different ways. The message names the first field of their protocols that differs.</summary>
/// <param name="message">What differs.</param>
public sealed class IncomparableResultsException(string message) : Exception(message);
