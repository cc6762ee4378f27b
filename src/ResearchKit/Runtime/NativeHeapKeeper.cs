using System.Diagnostics;

namespace ResearchKit.Runtime;

/// <summary>Cleans the native heap up now and then during long work: often enough to keep it flat, seldom enough to cost nothing.</summary>
internal sealed class NativeHeapKeeper
{
    // A clean-up takes some milliseconds: about a thousandth of the time.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();

    /// <summary>Calls <see cref="NativeMemory.Trim"/> when the last clean-up is long enough ago.</summary>
    public void Trim()
    {
        if (_sinceLast.Elapsed > Interval)
        {
            NativeMemory.Trim();
            _sinceLast.Restart();
        }
    }
}
