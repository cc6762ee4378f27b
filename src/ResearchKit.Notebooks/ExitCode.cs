namespace ResearchKit.Notebooks;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>A cell failed.</summary>
    public const int CellFailed = 1;

    /// <summary>The file or an argument cannot be used; nothing ran.</summary>
    public const int BadInput = 2;

    /// <summary>Ended by Ctrl-C or SIGTERM, as shells count it.</summary>
    public const int Interrupted = 130;
}
