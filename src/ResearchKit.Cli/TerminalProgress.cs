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
    /// <param name="label">What is done.</param>
    public static Action<int, int> Of(string label) => (done, total) =>
    {
        if (!Console.IsErrorRedirected && (done == total || done % Math.Max(1, total / 100) == 0))
        {
            Console.Error.Write($"\r{label}: {done} of {total}{(done == total ? "\n" : "")}");
        }
    };
}
