using System.Text;

namespace ResearchKit.Notebooks.Running;

/// <summary>Collects what a cell writes, so that ten thousand small writes make a few messages.</summary>
internal sealed class StreamBuffer : IDisposable
{
    private const int Milliseconds = 50;
    private const int LargestPiece = 1 << 16;

    private readonly Action<string, string> _send;
    private readonly StringBuilder _text = new();
    private readonly Timer _timer;
    private readonly Lock _gate = new();
    private string _name = "stdout";

    public StreamBuffer(Action<string, string> send)
    {
        _send = send;
        _timer = new Timer(_ => Flush(), null, Milliseconds, Milliseconds);
    }

    public TextWriter WriterFor(string name) => TextWriter.Synchronized(new Writer(this, name));

    public void Append(string name, string text)
    {
        lock (_gate)
        {
            if (name != _name || _text.Length > LargestPiece)
            {
                Flush();
                _name = name;
            }

            _text.Append(text);
        }
    }

    public void Flush()
    {
        lock (_gate)
        {
            if (_text.Length > 0)
            {
                _send(_name, _text.ToString());
                _text.Clear();
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private sealed class Writer(StreamBuffer buffer, string name) : TextWriter(System.Globalization.CultureInfo.InvariantCulture)
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override string NewLine => "\n";

        public override void Write(char value) => buffer.Append(name, value.ToString());

        public override void Write(string? value) => buffer.Append(name, value ?? "");

        public override void Write(char[] array, int index, int count) => buffer.Append(name, new string(array, index, count));

        public override void WriteLine(string? value) => buffer.Append(name, value + "\n");
    }
}
