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
    private readonly NamedPipeServerStream _pipe;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;
    private readonly Task[] _nativeText;
    private readonly Channel<WorkerMessage> _messages = Channel.CreateUnbounded<WorkerMessage>();

    private WorkerProcess(Process process, NamedPipeServerStream pipe)
    {
        _process = process;
        _pipe = pipe;
        _reader = new StreamReader(pipe);
        _writer = new StreamWriter(pipe) { AutoFlush = true };
        _nativeText = [PassOnAsync(process.StandardOutput, "stdout"), PassOnAsync(process.StandardError, "stderr")];
        _ = ReadPipeAsync();
    }

    /// <summary>Why the process ended, once it has.</summary>
    public string ExitDescription => _process.WaitForExit(5000)
        ? $"it ended with exit code {_process.ExitCode}" + (_process.ExitCode > 128 ? $" (signal {_process.ExitCode - 128})" : "")
        : "it closed its pipe";

    /// <summary>Starts the process in the notebook's folder.</summary>
    /// <exception cref="IOException">It did not start; the message has what it printed.</exception>
    public static async Task<WorkerProcess> StartAsync(string folder, CancellationToken cancellation)
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
        };
        var process = Process.Start(start)!;
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
            return new WorkerProcess(process, pipe);
        }
        catch
        {
            await EndAsync(process, pipe);
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
    public ValueTask DisposeAsync() => EndAsync(_process, _pipe);

    private static async ValueTask EndAsync(Process process, NamedPipeServerStream pipe)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            await process.WaitForExitAsync();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It, or a child of it, had ended already.
        }

        process.Dispose();
        await pipe.DisposeAsync();
    }

    private async Task PassOnAsync(StreamReader from, string name)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await from.ReadAsync(buffer)) > 0)
        {
            _messages.Writer.TryWrite(new WorkerMessage(WorkerMessageKind.Stream, new string(buffer, 0, count), name));
        }
    }

    private async Task ReadPipeAsync()
    {
        try
        {
            while (await _reader.ReadLineAsync() is { } line)
            {
                _messages.Writer.TryWrite(WorkerMessage.FromLine(line));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or JsonException)
        {
            // The process died, perhaps in the middle of a line: the channel's end says so.
        }
        finally
        {
            await Task.WhenAny(Task.WhenAll(_nativeText), Task.Delay(1000));
            _messages.Writer.TryComplete();
        }
    }
}
