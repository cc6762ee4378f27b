using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace ResearchKit.Notebooks.Running;

/// <summary>The runner's side of the process that runs the cells.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly NamedPipeServerStream _pipe;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    // What native code prints arrives beside the pipe; both end in one queue.
    private readonly Channel<WorkerMessage> _messages = Channel.CreateUnbounded<WorkerMessage>();

    private WorkerProcess(Process process, NamedPipeServerStream pipe)
    {
        _process = process;
        _pipe = pipe;
        _reader = new StreamReader(pipe);
        _writer = new StreamWriter(pipe) { AutoFlush = true };
        PassOn(process.StandardOutput, "stdout");
        PassOn(process.StandardError, "stderr");
        _ = ReadPipeAsync();
    }

    /// <summary>Why the process is gone, once it is.</summary>
    public string ExitDescription => _process.WaitForExit(5000)
        ? $"it ended with exit code {_process.ExitCode}" + (_process.ExitCode > 128 ? $" (signal {_process.ExitCode - 128})" : "")
        : "it closed its pipe";

    /// <summary>Starts the process in the notebook's folder.</summary>
    public static async Task<WorkerProcess> StartAsync(string folder, CancellationToken cancellation)
    {
        var pipeName = $"researchkit-{Environment.ProcessId}-{Guid.NewGuid():N}";
        var pipe = new NamedPipeServerStream(pipeName, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        var start = new ProcessStartInfo(DotnetPath())
        {
            ArgumentList = { typeof(WorkerProcess).Assembly.Location, "cells", pipeName },
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        var connected = pipe.WaitForConnectionAsync(cancellation);
        if (await Task.WhenAny(connected, process.WaitForExitAsync(cancellation)).ConfigureAwait(false) != connected)
        {
            throw new IOException($"The process that runs the cells did not start: {await process.StandardError.ReadToEndAsync(cancellation).ConfigureAwait(false)}");
        }

        await connected.ConfigureAwait(false);
        return new WorkerProcess(process, pipe);
    }

    /// <summary>Hands a cell over.</summary>
    public Task SendAsync(string cellId, string code) => _writer.WriteLineAsync(new WorkerMessage(WorkerMessageKind.Run, code, cellId).ToLine());

    /// <summary>The next message, or null when the process is gone.</summary>
    public async Task<WorkerMessage?> ReceiveAsync(CancellationToken cancellation)
    {
        try
        {
            return await _messages.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    /// <summary>Ends the process, whatever it is doing, with everything that it started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
        await _pipe.DisposeAsync().ConfigureAwait(false);
    }

    private static string DotnetPath()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var path = Path.Combine(root, name);
        return File.Exists(path) ? path : name;
    }

    private async void PassOn(StreamReader from, string name)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await from.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            _messages.Writer.TryWrite(new WorkerMessage(WorkerMessageKind.Stream, new string(buffer, 0, count), name));
        }
    }

    private async Task ReadPipeAsync()
    {
        try
        {
            while (await _reader.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                _messages.Writer.TryWrite(WorkerMessage.FromLine(line));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process is gone: the channel's end says so.
        }

        await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(1000)).ConfigureAwait(false); // its last words
        _messages.Writer.TryComplete();
    }
}
