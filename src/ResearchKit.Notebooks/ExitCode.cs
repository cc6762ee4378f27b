namespace ResearchKit.Notebooks;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>A cell failed, an output differs, or a notebook cannot be published.</summary>
    public const int Failed = 1;

    /// <summary>A file or an argument cannot be used; nothing ran.</summary>
    public const int BadInput = 2;

    /// <summary>Ended by Ctrl-C or SIGTERM, as shells count it.</summary>
    public const int Interrupted = 130;
}
