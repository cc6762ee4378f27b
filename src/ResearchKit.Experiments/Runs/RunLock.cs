using System.Diagnostics;

namespace ResearchKit.Experiments.Runs;

/// <summary>Keeps other processes from training a run while this one does.</summary>
/// <remarks>Two claims. A lock of the system on <c>run.lock</c> (flock): it ends with the process, however that ends, holds on one machine
/// always, and between machines where the file system carries it (NFS with its lock service, Lustre mounted with <c>flock</c>). And the
/// file <c>running.json</c> (<see cref="RunHolder"/>), made only where there is none, which every file system decides for one of two;
/// while it is held it is written again every 30 seconds. One that a killed process of another machine left is watched for 90 seconds
/// before the run is taken over; this machine's own is known to be left by the lock.</remarks>
internal sealed class RunLock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string _run;
    private readonly FileStream _file;
    private readonly Timer _beat;
    private readonly Lock _writing = new();
    private RunHolder? _holder;

    private RunLock(string run, FileStream file, RunHolder holder)
    {
        (_run, _file, _holder) = (run, file, holder);
        _beat = new Timer(_ => Beat(), null, RunHolder.Beat, RunHolder.Beat);
    }

    /// <summary>Holds a run until the result is disposed, or this process ends in whatever way.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="tell">Told when it is watched whether another machine's process lives.</param>
    /// <param name="beat">The time between two signs of life; null for 30 seconds.</param>
    /// <exception cref="RunHeldException">Another process trains it.</exception>
    /// <exception cref="DataFileException">The folder cannot be written.</exception>
    public static IDisposable Hold(string run, Action<string>? tell = null, TimeSpan? beat = null)
    {
        FileStream? file = null;
        try
        {
            file = LockFile(run);
            var holder = RunHolder.Here;
            while (!holder.Claim(run))
            {
                var other = RunHolder.Of(run);
                if (other is not { IsElsewhere: false })
                {
                    Watch(run, other, 3 * (beat ?? RunHolder.Beat), tell);
                }

                File.Delete(RunHolder.FileOf(run)); // of a process that ended without a word
            }

            var held = new RunLock(run, file, holder);
            file = null;
            return held;
        }
        catch (Exception e) when (AtomicFile.IsFault(e))
        {
            throw new DataFileException(run,
                $"the run's folder cannot be written ({AtomicFile.Word(e)}); check its permissions and the space on the disk.", e);
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Makes a run's folder where there is none, and holds it.</summary>
    /// <inheritdoc cref="Hold"/>
    /// <param name="run">The run's folder.</param>
    public static IDisposable HoldNew(string run)
    {
        try
        {
            Directory.CreateDirectory(run);
        }
        catch (Exception e) when (AtomicFile.IsFault(e))
        {
            throw new DataFileException(run,
                $"the run's folder cannot be made ({AtomicFile.Word(e)}); check the name, its permissions and the space on the disk.", e);
        }

        return Hold(run);
    }

    /// <summary>Who trains a run now. Writes nothing.</summary>
    /// <param name="run">The run's folder.</param>
    /// <returns>Whether it is held, and who said last that he holds it: where it is not held, a process that ended without a word; null
    /// where nobody said.</returns>
    public static (bool IsHeld, RunHolder? Holder) Look(string run)
    {
        var holder = RunHolder.Of(run);
        var isHeldElsewhere = holder is { IsElsewhere: true } && RunHolder.IsFresh(run);
        try
        {
            // Shared with others who look, not with one who holds.
            using var file = new FileStream(Path.Combine(run, "run.lock"), FileMode.Open, FileAccess.Read, FileShare.Read);
            return (isHeldElsewhere, holder);
        }
        catch (IOException e) when (IsHeld(e))
        {
            return (true, holder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (isHeldElsewhere, holder); // there is none, or it cannot be asked
        }
    }

    public void Dispose()
    {
        _beat.Dispose();
        lock (_writing)
        {
            _holder = null;
            try
            {
                File.Delete(RunHolder.FileOf(_run));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // the next one watches it
            }
        }

        _file.Dispose();
    }

    private static FileStream LockFile(string run)
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
                    throw Held(run, RunHolder.Of(run), e);
                }

                Thread.Sleep(100); // the other may be about to end
            }
        }
    }

    // By the file's own content and this machine's clock: those of two machines need not agree.
    private static void Watch(string run, RunHolder? other, TimeSpan time, Action<string>? tell)
    {
        tell?.Invoke($"{run}: a process {other?.ToString() ?? "that does not say where it is"} has not let go of the run; looking for " +
            $"{time.TotalSeconds:0} s whether it lives.");
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < time; Thread.Sleep(time / 100))
        {
            var now = RunHolder.Of(run);
            if (now is null && !File.Exists(RunHolder.FileOf(run)))
            {
                return;
            }

            if (now is not null && now != other)
            {
                throw Held(run, now, null);
            }
        }
    }

    private static RunHeldException Held(string run, RunHolder? holder, Exception? e) => new(run,
        $"this run is being trained by another process{(holder is null ? "" : $" {holder}")}; wait for it, or name another folder.", e);

    private void Beat()
    {
        lock (_writing)
        {
            if (_holder is null)
            {
                return;
            }

            try
            {
                _holder = _holder with { Beats = _holder.Beats + 1 };
                _holder.Write(_run);
            }
            catch (Exception e) when (AtomicFile.IsFault(e))
            {
                // the training itself will say what is wrong with the disk
            }
        }
    }

    // The numbers of a lock that another has: EAGAIN on Linux, on macOS, a sharing violation on Windows.
    private static bool IsHeld(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;
}
