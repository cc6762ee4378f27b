namespace ResearchKit.Notebooks.Running;

/// <summary>Text as a terminal shows it: after a carriage return what follows overwrites the line, as progress bars want it.</summary>
internal sealed class StreamText
{
    private readonly StringBuilder _text = new();
    private int _lineStart;
    private int _cursor;

    /// <summary>Characters that are kept so far.</summary>
    public int Length => _text.Length;

    public void Append(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (text[0] is '\r')
            {
                _cursor = _lineStart;
                text = text[1..];
            }
            else if (text[0] is '\n')
            {
                _text.Append('\n');
                _lineStart = _cursor = _text.Length;
                text = text[1..];
            }
            else
            {
                var end = text.IndexOfAny('\r', '\n');
                var piece = end < 0 ? text : text[..end];
                _text.Remove(_cursor, Math.Min(piece.Length, _text.Length - _cursor)).Insert(_cursor, piece);
                _cursor += piece.Length;
                text = text[piece.Length..];
            }
        }
    }

    public override string ToString() => _text.ToString();
}
