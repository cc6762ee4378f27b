using System.Diagnostics;

namespace ResearchKit.Experiments.Runs;

/// <summary>Keeps other processes from training a run while this one does.</summary>
internal static class RunLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Holds a run until the result is disposed, or this process ends in whatever way.</summary>
    /// <exception cref="DataFileException">Another process trains it, or the folder cannot be written.</exception>
    public static IDisposable Hold(string run)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                // The file stays: one that is deleted could be held by two, under one name.
                return new FileStream(Path.Combine(run, "run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsHeld(e))
            {
                if (watch.Elapsed > Patience)
                {
                    throw new DataFileException(run,
                        "this run is being trained by another process; wait for it, or name another folder.", e);
                }

                Thread.Sleep(100); // the other may be about to end
            }
            catch (Exception e) when (AtomicFile.IsFault(e))
            {
                throw new DataFileException(run,
                    $"the run's folder cannot be written ({AtomicFile.Word(e)}); check its permissions and the space on the disk.", e);
            }
        }
    }

    // The numbers of a lock that another has: EAGAIN on Linux, on macOS, a sharing violation on Windows.
    private static bool IsHeld(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;
}
