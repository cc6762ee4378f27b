using ResearchKit.Data.Catalog;

namespace ResearchKit.Cli;

/// <summary>Lines that tell how far the work is, on a terminal only.</summary>
internal static class TerminalProgress
{
    private const int Width = 79;

    /// <summary>Names the work that begins.</summary>
    public static void Begin(string work)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(work);
        }
    }

    /// <summary>Counts what is done of a work.</summary>
    public static Action<int, int> Of(string label)
    {
        var shown = -1L; // per cent: work that comes in batches meets no round number
        return (done, total) =>
        {
            if (!Console.IsErrorRedirected && (done == total || 100L * done / total > shown))
            {
                shown = 100L * done / total;
                Console.Error.Write($"\r{label}: {done} of {total}{(done == total ? "\n" : "")}");
            }
        };
    }

    /// <summary>How much of a file has come, in a line that is written over.</summary>
    public static void Show(CatalogFile file, long bytes) => Console.Error.Write(
        $"\r{file.Name}: {100 * bytes / Math.Max(1, file.Bytes),3} % of {file.Bytes / 1e6:0.0} MB".PadRight(Width));

    /// <summary>Clears that line, so that a message stands alone.</summary>
    public static void Clear()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write("\r" + new string(' ', Width) + "\r");
        }
    }
}
