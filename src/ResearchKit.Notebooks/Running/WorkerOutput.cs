using ResearchKit.Notebooks.Html;

namespace ResearchKit.Notebooks.Running;

/// <summary>Sends the runner what a cell gives. Text is collected, so that ten thousand small writes make a few messages.</summary>
internal sealed class WorkerOutput : ICellOutput, IDisposable
{
    private const int Milliseconds = 50;
    private const int LargestPiece = 1 << 16;

    private readonly StreamWriter _pipe;
    private readonly StringBuilder _text = new();
    private readonly Timer _timer;
    private readonly Lock _gate = new();
    private string _stream = "stdout";
    private bool _plotlySent;

    public WorkerOutput(Stream pipe)
    {
        _pipe = new StreamWriter(pipe) { AutoFlush = true };
        _timer = new Timer(_ => FlushUnlessBusy(), null, Milliseconds, Milliseconds);
    }

    /// <summary>A writer whose text goes to a stream of the cell.</summary>
    public TextWriter WriterFor(string stream) => TextWriter.Synchronized(new Writer(this, stream));

    public void Stream(string name, string text)
    {
        lock (_gate)
        {
            if (name != _stream || _text.Length > LargestPiece)
            {
                Flush();
                _stream = name;
            }

            _text.Append(text.AsSpan(0, Math.Min(text.Length, CellOutputs.LargestText + 1))); // one more: the reader tells that it is cut
        }
    }

    public void Display(JsonObject data, string displayId) => SendData(WorkerMessageKind.Display, data, displayId);

    public void Update(JsonObject data, string displayId) => SendData(WorkerMessageKind.Update, data, displayId);

    public void Result(JsonObject data) => SendData(WorkerMessageKind.Result, data, null);

    public void Error(CellError error) => Send(new WorkerMessage(WorkerMessageKind.Error, Error: error));

    /// <summary>Sends a message; what was written before goes first.</summary>
    public void Send(WorkerMessage message)
    {
        lock (_gate)
        {
            Flush();
            _pipe.WriteLine(message.ToLine());
        }
    }

    public void Dispose() => _timer.Dispose();

    // Does not wait: while a long message is written, waiting callbacks would fill the thread pool that the pipe needs, too.
    private void FlushUnlessBusy()
    {
        if (_gate.TryEnter())
        {
            try
            {
                Flush();
            }
            finally
            {
                _gate.Exit();
            }
        }
    }

    // Called by who holds the gate.
    private void Flush()
    {
        if (_text.Length > 0)
        {
            _pipe.WriteLine(new WorkerMessage(WorkerMessageKind.Stream, _text.ToString(), _stream).ToLine());
            _text.Clear();
        }
    }

    private void SendData(WorkerMessageKind kind, JsonObject data, string? displayId)
    {
        if (!_plotlySent && data.ContainsKey(NotebookText.PlotlyMimeType) && PlotlyScript.Loaded() is { } script)
        {
            _plotlySent = true;
            Send(new WorkerMessage(WorkerMessageKind.PlotlyScript, script));
        }

        Send(new WorkerMessage(kind, Name: displayId, Data: data));
    }

    private sealed class Writer : TextWriter
    {
        private readonly WorkerOutput _output;
        private readonly string _stream;

        public Writer(WorkerOutput output, string stream)
            : base(CultureInfo.InvariantCulture)
        {
            (_output, _stream) = (output, stream);
            base.NewLine = "\n";
        }

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => _output.Stream(_stream, value.ToString());

        public override void Write(string? value) => _output.Stream(_stream, value ?? "");

        public override void Write(char[] buffer, int index, int count) => _output.Stream(_stream, new string(buffer, index, count));

        public override void WriteLine(string? value) => _output.Stream(_stream, value + "\n");
    }
}
