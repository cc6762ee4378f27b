namespace ResearchKit.Interactive;

/// <summary>A notebook's statement that did not hold.</summary>
public sealed class ClaimFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The statement that failed, and what to look at.</param>
    public ClaimFailedException(string message)
        : base(message)
    {
    }
}
