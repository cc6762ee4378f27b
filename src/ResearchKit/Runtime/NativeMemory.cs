using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ResearchKit.Runtime;

/// <summary>Keeps the process's native memory flat over long runs.</summary>
public static partial class NativeMemory
{
    /// <summary>
    /// Frees tensors that wait for the garbage collector and gives unused heap back to the operating system (glibc's <c>malloc_trim</c>;
    /// elsewhere only the collection happens). Takes some milliseconds: call it every hundred steps or so, not every step.
    /// </summary>
    public static void Trim()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (OperatingSystem.IsLinux())
        {
            try
            {
                _ = MallocTrim(0);
            }
            catch (EntryPointNotFoundException)
            {
                // Another C library (musl): it returns memory by itself.
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}

/// <summary>Cleans the native heap up now and then during long work: often enough to keep it flat, seldom enough to cost nothing.</summary>
internal sealed class NativeHeapKeeper
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();

    public void Trim()
    {
        if (_sinceLast.Elapsed > Interval)
        {
            NativeMemory.Trim();
            _sinceLast.Restart();
        }
    }
}
