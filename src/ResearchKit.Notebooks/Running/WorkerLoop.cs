using System.IO.Pipes;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using ResearchKit.Notebooks.Cells;
using ResearchKit.Notebooks.Files;

namespace ResearchKit.Notebooks.Running;

/// <summary>The process that runs the cells: takes them from a pipe, and sends back what they give.</summary>
internal sealed class WorkerLoop : ICellOutput, IDisposable
{
    private readonly NamedPipeClientStream _pipe;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;
    private readonly StreamBuffer _text;
    private readonly Lock _gate = new();
    private bool _plotlySent;

    private WorkerLoop(NamedPipeClientStream pipe)
    {
        _pipe = pipe;
        _reader = new StreamReader(pipe);
        _writer = new StreamWriter(pipe) { AutoFlush = true };
        _text = new StreamBuffer((name, text) => Write(new WorkerMessage(WorkerMessageKind.Stream, text, name)));
    }

    /// <summary>Runs cells until the pipe closes.</summary>
    public static async Task<int> RunAsync(string pipeName)
    {
        // The runner ends this process itself; a Ctrl-C in the terminal reaches both.
        Console.CancelKeyPress += (_, e) => e.Cancel = true;
        AppContext.SetData("ResearchKit.Notebooks.PlotlyJson", true);
        using var pipe = new NamedPipeClientStream(".", pipeName, PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(10_000).ConfigureAwait(false);
        using var loop = new WorkerLoop(pipe);
        Console.SetOut(loop._text.WriterFor("stdout"));
        Console.SetError(loop._text.WriterFor("stderr"));
        using var engine = new CellEngine(Directory.GetCurrentDirectory());
        var cells = Channel.CreateUnbounded<WorkerMessage>();
        _ = loop.ReadCellsAsync(cells.Writer);
        await foreach (var message in cells.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            var ok = await engine.RunAsync(message.Text!, message.Name!, loop).ConfigureAwait(false);
            loop.Send(new WorkerMessage(WorkerMessageKind.Done, ok ? "ok" : "error"));
        }

        return 0;
    }

    // When the runner is gone, so is the reason to go on, even in the middle of a cell.
    private async Task ReadCellsAsync(ChannelWriter<WorkerMessage> cells)
    {
        while (await _reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            await cells.WriteAsync(WorkerMessage.FromLine(line)).ConfigureAwait(false);
        }

        Environment.Exit(0);
    }

    public void Stream(string name, string text) => _text.Append(name, text);

    public void Display(JsonObject data, string displayId) => SendData(WorkerMessageKind.Display, data, displayId);

    public void Update(JsonObject data, string displayId) => SendData(WorkerMessageKind.Update, data, displayId);

    public void Result(JsonObject data) => SendData(WorkerMessageKind.Result, data, null);

    public void Error(CellError error) => Send(new WorkerMessage(WorkerMessageKind.Error, Error: error));

    public void Dispose()
    {
        _text.Dispose();
        _reader.Dispose();
        _pipe.Dispose();
    }

    private void SendData(WorkerMessageKind kind, JsonObject data, string? displayId)
    {
        if (!_plotlySent && data.ContainsKey(NotebookCell.PlotlyMimeType) && PlotlyScript() is { } script)
        {
            _plotlySent = true;
            Send(new WorkerMessage(WorkerMessageKind.PlotlyScript, script));
        }

        Send(new WorkerMessage(kind, Name: displayId, Data: data));
    }

    // What was written before goes first.
    private void Send(WorkerMessage message)
    {
        _text.Flush();
        Write(message);
    }

    private void Write(WorkerMessage message)
    {
        lock (_gate)
        {
            _writer.WriteLine(message.ToLine());
        }
    }

    private static string? PlotlyScript()
    {
        var assembly = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => a.GetName().Name == "Plotly.NET");
        var name = assembly?.GetManifestResourceNames().FirstOrDefault(n => n.EndsWith(".min.js", StringComparison.Ordinal));
        if (name is null)
        {
            return null;
        }

        using var reader = new StreamReader(assembly!.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
