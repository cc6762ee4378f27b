namespace ResearchKit.Cli;

/// <summary>One line that counts, on a terminal only.</summary>
internal static class TerminalProgress
{
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
