namespace ResearchKit;

/// <summary>What a process ends with. The command line links this file.</summary>
internal static class ExitCode
{
    /// <summary>The work could not be done, or a check failed: a bad file, a failed cell, an output that differs.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong: an unknown option, a missing argument, a value that cannot be one. Nothing ran.</summary>
    public const int Usage = 2;

    /// <summary>Another process trains the run: nothing is wrong, and nothing was done. The number of EX_TEMPFAIL in sysexits.h.</summary>
    public const int Held = 75;

    /// <summary>Ended by Ctrl-C or SIGTERM, as shells count it.</summary>
    public const int Interrupted = 130;
}
