namespace ResearchKit.Notebooks.Running;

/// <summary>What the process that runs the cells may take of the machine, with all that it starts.</summary>
/// <param name="Memory">Bytes of memory in use.</param>
internal sealed record ProcessLimits(long Memory)
{
    /// <summary>The most processes.</summary>
    public const int Processes = 256;

    /// <summary>The time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Nine tenths of what the machine, or the container, has.</summary>
    public static long DefaultMemory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10 * 9;

    /// <summary>The limit that the processes break now, as a sentence, or null.</summary>
    public string? BrokenBy(MarkedProcess process)
    {
        var (bytes, count) = process.Use();
        return bytes > Memory ? string.Create(CultureInfo.InvariantCulture,
                $"the cells took {bytes / 1e9:0.0} GB of memory and may take {Memory / 1e9:0.0} (--memory), so their process was ended")
            : count > Processes ? string.Create(CultureInfo.InvariantCulture,
                $"the cells had started {count} processes and may have {Processes}, so all of them were ended")
            : null;
    }
}
