namespace ResearchKit;

/// <summary>What a process ends with. The command line links this file.</summary>
internal static class ExitCode
{
    /// <summary>The work could not be done, or a check failed: a bad file, a failed cell, an output that differs.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong: an unknown option, a missing argument, a value that cannot be one. Nothing ran.</summary>
    public const int Usage = 2;

    /// <summary>Ended by Ctrl-C or SIGTERM, as shells count it.</summary>
    public const int Interrupted = 130;
}
