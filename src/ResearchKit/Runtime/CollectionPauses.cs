using System.Runtime;

namespace ResearchKit.Runtime;

/// <summary>Keeps garbage collections between the steps of long work, out of the native calls within them, until it is disposed. Does
/// nothing where <see cref="FreedScalars"/> are held.</summary>
/// <remarks>
/// TorchSharp makes a native number of each double that an operation is given and holds nothing of it: a collection during the call frees
/// it, and the call fails or ends the process. The runtime allows one such pause at a time in a process; where another holds it, or much
/// garbage is made at once, collections come when they come.
/// </remarks>
internal sealed class CollectionPauses : IDisposable
{
    private const long Budget = 64_000_000;
    private const long RenewAfter = 40_000_000;

    private static int s_held;

    private bool _holds;
    private long _start;

    /// <summary>Lets a collection happen when it is time for one, and keeps the next ones off. Between two steps.</summary>
    public void Renew()
    {
        if (FreedScalars.AreHeld)
        {
            return;
        }

        if (_holds && GCSettings.LatencyMode == GCLatencyMode.NoGCRegion && GC.GetTotalAllocatedBytes() - _start < RenewAfter)
        {
            return;
        }

        Dispose();
        if (Interlocked.CompareExchange(ref s_held, 1, 0) != 0)
        {
            return;
        }

        try
        {
            _holds = GC.TryStartNoGCRegion(Budget);
            _start = GC.GetTotalAllocatedBytes();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            // Somebody else's pause is on, or so much memory may not be kept free here: the work goes on without.
        }

        if (!_holds)
        {
            Interlocked.Exchange(ref s_held, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_holds)
        {
            return;
        }

        try
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            {
                GC.EndNoGCRegion();
            }
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in between: more garbage was made than fits, or somebody collected.
        }

        _holds = false;
        Interlocked.Exchange(ref s_held, 0);
    }
}
