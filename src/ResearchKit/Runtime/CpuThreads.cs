namespace ResearchKit.Runtime;

/// <summary>How many CPU threads libtorch uses inside one operation.</summary>
public static class CpuThreads
{
    /// <summary>The default of the kit: what <c>OMP_NUM_THREADS</c> says; without it every core, but at most four. Measured:
    /// tests/ResearchKit.Benchmarks/README.md, "Threads": a small DCGAN gains up to there and little beyond, and more would take the
    /// machine from its user.</summary>
    public static int Default { get; } = Of(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"));

    /// <summary>The default under a value of <c>OMP_NUM_THREADS</c>, which may be a list with a number for each level.</summary>
    internal static int Of(string? variable) =>
        int.TryParse(variable?.Split(',')[0], out var count) && count > 0 ? count : Math.Min(Environment.ProcessorCount, 4);

    /// <summary>Sets the number for the calling thread, which is how libtorch keeps it; a notebook's cells may change threads, so each step
    /// sets it again.</summary>
    /// <param name="count">At least 1; null for <see cref="Default"/>.</param>
    public static void Use(int? count)
    {
        var threads = count ?? Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1, nameof(count));
        if (get_num_threads() != threads)
        {
            set_num_threads(threads);
        }
    }
}
