using System.Runtime.InteropServices;

namespace ResearchKit.Cli;

/// <summary>Ctrl-C and a request to end, as a token: from before the work begins, so that it can tidy up however early they come. Work that
/// does not end in 30 seconds is ended.</summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // a notebook run ends its processes and writes what there is

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;
    private Timer? _end;

    public Interruption() =>
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        Array.ForEach(_signals, s => s.Dispose());
        _end?.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _end ??= new Timer(_ => Environment.Exit(ExitCode.Interrupted), null, Patience, Timeout.InfiniteTimeSpan);
        _source.Cancel();
    }
}

/// <summary>Ends a child's work when its input ends: after Ctrl-C, after SIGTERM, and when the process that started it dies.</summary>
internal static class EndOfInput
{
    /// <summary>For processes of the kit, not for people.</summary>
    public static Option<bool> Option { get; } = new("--stop-at-end-of-input") { Hidden = true };

    /// <summary>A source that is cancelled with the token and, where the line says so, at the end of input. The caller disposes it.
    /// </summary>
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
