using System.CommandLine;

namespace ResearchKit.Cli;

/// <summary>Ends a child's work when its input ends: after Ctrl-C, after SIGTERM, and when the process that started it dies.</summary>
internal static class EndOfInput
{
    /// <summary>For processes of the kit, not for people.</summary>
    public static Option<bool> Option { get; } = new("--stop-at-end-of-input") { Hidden = true };

    /// <summary>A source that is cancelled with the token and, where the line says so, at the end of input. The caller disposes
    /// it.</summary>
    public static CancellationTokenSource Or(ParseResult parsed, CancellationToken cancellation)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (parsed.GetValue(Option))
        {
            new Thread(() => WaitAndCancel(source)) { IsBackground = true }.Start();
        }

        return source;
    }

    private static void WaitAndCancel(CancellationTokenSource source)
    {
        while (Console.In.Read() >= 0)
        {
            // nothing is expected
        }

        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // the work was done already
        }
    }
}
