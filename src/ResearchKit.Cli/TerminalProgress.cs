using ResearchKit.Data.Catalog;

namespace ResearchKit.Cli;

/// <summary>Lines that tell how far the work is, on a terminal only.</summary>
internal static class TerminalProgress
{
    /// <summary>Names the work that begins.</summary>
    public static void Begin(string work)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(work);
        }
    }

    /// <summary>Counts what is done of a work.</summary>
    public static Action<int, int> Of(string label) => (done, total) =>
    {
        if (!Console.IsErrorRedirected && (done == total || done % Math.Max(1, total / 100) == 0))
        {
            Console.Error.Write($"\r{label}: {done} of {total}{(done == total ? "\n" : "")}");
        }
    };
}

/// <summary>How much of a file has come, as one line on a terminal that is written over and gone at the end.</summary>
internal sealed class FetchProgress : IDisposable
{
    private int _shown;

    public void Show(CatalogFile file, long bytes)
    {
        var line = $"{file.Name}: {100 * bytes / Math.Max(1, file.Bytes),3} % of {file.Bytes / 1e6:0.0} MB";
        Console.Error.Write("\r" + line.PadRight(_shown));
        _shown = line.Length;
    }

    /// <summary>Clears the line, so that a message stands alone.</summary>
    public void Clear()
    {
        if (_shown > 0)
        {
            Console.Error.Write("\r" + new string(' ', _shown) + "\r");
            _shown = 0;
        }
    }

    public void Dispose() => Clear();
}
