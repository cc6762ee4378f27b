using System.Runtime.InteropServices;

namespace ResearchKit.Runtime;

/// <summary>Turns the first Ctrl-C (or SIGTERM) into a cancelled token, so that a training ends between two steps and what it made can be
/// saved. A second one ends the process.</summary>
/// <example><code>using var interrupt = new InterruptSignal(); foreach (var step in trainer.Run(3000, interrupt.Token)) { ...
/// }</code></example>
public sealed class InterruptSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Starts to listen.</summary>
    public InterruptSignal() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Stops to listen.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }
}
