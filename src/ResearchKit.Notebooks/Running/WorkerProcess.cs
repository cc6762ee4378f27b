using System.IO.Pipes;
using System.Threading.Channels;

namespace ResearchKit.Notebooks.Running;

/// <summary>The runner's side of the process that runs the cells.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    /// <summary>The first argument of the process that runs the cells; the second names its pipe.</summary>
    public const string Verb = "cells";

    // What native code prints comes through the process's own streams, beside the pipe: time for it to arrive after the cell's end.
    private static readonly TimeSpan NativeTextDelay = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly MarkedProcess _all;
    private readonly ProcessLimits _limits;
    private readonly Timer _watch;
    private readonly NamedPipeServerStream _pipe;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;
    private readonly Task[] _nativeText;

    // Bounded: a cell that prints faster than its output can be taken waits, and the memory of neither process grows.
    private readonly Channel<WorkerMessage> _messages = Channel.CreateBounded<WorkerMessage>(64);

    private WorkerProcess(Process process, MarkedProcess all, NamedPipeServerStream pipe, ProcessLimits limits)
    {
        (_process, _all, _limits) = (process, all, limits);
        _pipe = pipe;
        _reader = new StreamReader(pipe);
        _writer = new StreamWriter(pipe) { AutoFlush = true };
        _nativeText = [PassOnAsync(process.StandardOutput, "stdout"), PassOnAsync(process.StandardError, "stderr")];
        _ = ReadPipeAsync();
        _watch = new Timer(_ => Watch(), null, ProcessLimits.Interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The limit that the process broke, for which it was ended; null when it broke none.</summary>
    public string? Broken { get; private set; }

    /// <summary>Why the process ended, once it has.</summary>
    public string ExitDescription => _process.WaitForExit(5000)
        ? $"it ended with exit code {_process.ExitCode}" + (_process.ExitCode > 128 ? $" (signal {_process.ExitCode - 128})" : "")
        : "it closed its pipe";

    /// <summary>Starts the process in the notebook's folder; it is ended when it, with what it starts, breaks a limit.</summary>
    /// <exception cref="IOException">It did not start; the message has what it printed.</exception>
    public static async Task<WorkerProcess> StartAsync(string folder, ProcessLimits limits, CancellationToken cancellation)
    {
        var pipeName = "rk-" + Guid.NewGuid().ToString("N")[..12]; // on macOS the whole path of a pipe must stay under 104 characters
        var pipe = new NamedPipeServerStream(pipeName, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        var start = new ProcessStartInfo(DotnetHost.FullPath)
        {
            ArgumentList = { typeof(WorkerProcess).Assembly.Location, Verb, pipeName },
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [MarkedProcess.Variable] = pipeName },
        };
        var process = Process.Start(start)!;
        var all = new MarkedProcess(process, pipeName);
        try
        {
            process.StandardInput.Close();
            var connected = pipe.WaitForConnectionAsync(cancellation);
            if (await Task.WhenAny(connected, process.WaitForExitAsync(cancellation)) != connected)
            {
                cancellation.ThrowIfCancellationRequested();
                var printed = await process.StandardError.ReadToEndAsync(cancellation);
                throw new IOException($"The process that runs the cells did not start: {printed}");
            }

            await connected;
            return new WorkerProcess(process, all, pipe, limits);
        }
        catch
        {
            await EndAsync(process, all, pipe);
            throw;
        }
    }

    /// <summary>Hands a cell over.</summary>
    public Task SendAsync(string cellId, string code) =>
        _writer.WriteLineAsync(new WorkerMessage(WorkerMessageKind.Run, code, cellId).ToLine());

    /// <summary>The next message, or null when the process has ended.</summary>
    public async Task<WorkerMessage?> ReceiveAsync(CancellationToken cancellation)
    {
        try
        {
            return await _messages.Reader.ReadAsync(cancellation);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    /// <summary>The messages that are there, or arrive at once, after a cell has ended: text of native code.</summary>
    public async Task<List<WorkerMessage>> RemainingTextAsync()
    {
        await Task.Delay(NativeTextDelay);
        var messages = new List<WorkerMessage>();
        while (_messages.Reader.TryRead(out var message))
        {
            messages.Add(message);
        }

        return messages;
    }

    /// <summary>Ends the process, whatever it is doing, with everything that it started.</summary>
    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        _messages.Writer.TryComplete();
        await EndAsync(_process, _all, _pipe);
    }

    private static async ValueTask EndAsync(Process process, MarkedProcess all, NamedPipeServerStream pipe)
    {
        all.End();
        await process.WaitForExitAsync();
        process.Dispose();
        await pipe.DisposeAsync();
    }

    // The timer is set again after each look, so that looks never overlap.
    private void Watch()
    {
        try
        {
            Broken = _limits.BrokenBy(_all);
            if (Broken is null)
            {
                _watch.Change(ProcessLimits.Interval, Timeout.InfiniteTimeSpan);
            }
            else
            {
                _all.End();
            }
        }
        catch (InvalidOperationException)
        {
            // It has ended, or the run has.
        }
    }

    private async Task PassOnAsync(StreamReader from, string name)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await from.ReadAsync(buffer)) > 0)
        {
            try
            {
                await _messages.Writer.WriteAsync(new WorkerMessage(WorkerMessageKind.Stream, new string(buffer, 0, count), name));
            }
            catch (ChannelClosedException)
            {
                return; // the run is over
            }
        }
    }

    private async Task ReadPipeAsync()
    {
        try
        {
            while (await _reader.ReadLineAsync() is { } line)
            {
                await _messages.Writer.WriteAsync(WorkerMessage.FromLine(line));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or JsonException or ChannelClosedException)
        {
            // The process died, perhaps in the middle of a line, or was ended: the channel's end says so.
        }
        finally
        {
            await Task.WhenAny(Task.WhenAll(_nativeText), Task.Delay(1000));
            _messages.Writer.TryComplete();
        }
    }
}
