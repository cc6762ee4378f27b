namespace ResearchKit.Notebooks.Running;

/// <summary>A process with all that it starts, and what these start. On Linux they are found by a variable of the environment that each
/// hands on to the next, also where the one between has ended; elsewhere by their parents, when they are ended.</summary>
/// <param name="process">The process, started with <see cref="Variable"/>.</param>
/// <param name="mark">The variable's value, which no other process has.</param>
internal sealed class MarkedProcess(Process process, string mark)
{
    /// <summary>The variable.</summary>
    public const string Variable = "RESEARCHKIT_CELLS";

    private readonly byte[] _entry = Encoding.UTF8.GetBytes($"{Variable}={mark}\0");
    private readonly HashSet<int> _others = [];
    private int _looks;

    /// <summary>The memory in use in bytes, and the number of processes; elsewhere than on Linux of the first alone.</summary>
    public (long Bytes, int Count) Use()
    {
        if (!OperatingSystem.IsLinux())
        {
            process.Refresh();
            return (process.WorkingSet64, 1);
        }

        // The second field of statm are the pages in memory.
        var pages = Marked(anew: _looks++ % 20 == 0).ConvertAll(id => Read(id, "statm") is { Length: > 0 } statm
            ? long.Parse(Encoding.UTF8.GetString(statm).Split(' ')[1], CultureInfo.InvariantCulture)
            : 0);
        return (pages.Sum() * Environment.SystemPageSize, pages.Count);
    }

    /// <summary>Ends all of them, whatever they are doing.</summary>
    public void End()
    {
        if (!OperatingSystem.IsLinux())
        {
            Ignoring(() => process.Kill(entireProcessTree: true));
            return;
        }

        // The first first: it shall start no more. What the others start meanwhile is found in the next round.
        Ignoring(process.Kill);
        for (var round = 0; round < 100 && Marked(anew: true) is { Count: > 0 } left; round++)
        {
            foreach (var id in left)
            {
                Ignoring(() =>
                {
                    using var one = Process.GetProcessById(id);
                    one.Kill();
                });
            }

            Thread.Sleep(10); // until the system has taken them away
        }
    }

    private static void Ignoring(Action end)
    {
        try
        {
            end();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception
            or AggregateException)
        {
            // It has ended already.
        }
    }

    // A process that is not marked when it is first seen stays so, until its number is another's: most looks read the new ones only.
    private List<int> Marked(bool anew)
    {
        lock (_others)
        {
            if (anew)
            {
                _others.Clear();
            }

            var marked = new List<int>();
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                    && !_others.Contains(id))
                {
                    if (Read(id, "environ").AsSpan().IndexOf(_entry) >= 0)
                    {
                        marked.Add(id);
                    }
                    else
                    {
                        _others.Add(id);
                    }
                }
            }

            return marked;
        }
    }

    // Empty for a process that has ended since, or is somebody else's.
    private static byte[] Read(int id, string file)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
