using System.Globalization;

namespace ResearchKit.Files;

/// <summary>Parses the one kind of Python literal an .npy header may hold, and nothing else of Python.</summary>
/// <param name="text">The header's text.</param>
/// <param name="path">The file, for errors.</param>
/// <param name="where">What stands before an error.</param>
internal sealed class NpyHeaderText(string text, string path, string where)
{
    private int _position;

    public (string Descr, bool FortranOrder, long[] Shape) Parse()
    {
        string? descr = null;
        bool? fortranOrder = null;
        long[]? shape = null;
        Expect('{');
        while (!Take('}'))
        {
            var key = Text();
            Expect(':');
            switch (key)
            {
                case "descr" when descr is null:
                    descr = Descr();
                    break;
                case "fortran_order" when fortranOrder is null:
                    fortranOrder = Boolean();
                    break;
                case "shape" when shape is null:
                    shape = Shape();
                    break;
                default:
                    throw Wrong();
            }

            if (!Take(','))
            {
                Expect('}');
                break;
            }
        }

        SkipSpaces();
        return _position == text.Length && descr is not null && fortranOrder is not null && shape is not null
            ? (descr, fortranOrder.Value, shape)
            : throw Wrong();
    }

    private string Descr()
    {
        SkipSpaces();
        return Peek is '[' or '('
            ? throw new DataFileException(path,
                $"{where}the array holds records of several fields (a structured dtype); save each field as an array of its own.")
            : Text();
    }

    private bool Boolean() => TakeWord("True") || (TakeWord("False") ? false : throw Wrong());

    private long[] Shape()
    {
        var sizes = new List<long>();
        Expect('(');
        while (!Take(')'))
        {
            sizes.Add(Number());
            if (!Take(','))
            {
                Expect(')');
                return sizes.Count > 1 ? [.. sizes] : throw Wrong(); // (3) is a number in Python, (3,) a tuple
            }
        }

        return sizes.Count <= TensorShape.LargestRank ? [.. sizes] : throw Wrong();
    }

    private long Number()
    {
        SkipSpaces();
        var start = _position;
        _ = Peek == '-' && _position++ >= 0;
        while (char.IsAsciiDigit(Peek))
        {
            _position++;
        }

        var digits = text.AsSpan(start, _position - start);
        TakeWord("L"); // Python 2 wrote long numbers so
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong();
    }

    private string Text()
    {
        SkipSpaces();
        var quote = Peek;
        var end = quote is '\'' or '"' ? text.IndexOf(quote, _position + 1) : -1;
        var content = end < 0 ? throw Wrong() : text[(_position + 1)..end];
        _position = end + 1;
        return content.Contains('\\') ? throw Wrong() : content;
    }

    private void Expect(char c)
    {
        if (!Take(c))
        {
            throw Wrong();
        }
    }

    private bool Take(char c)
    {
        SkipSpaces();
        if (Peek != c || _position == text.Length)
        {
            return false;
        }

        _position++;
        return true;
    }

    private bool TakeWord(string word)
    {
        SkipSpaces();
        if (!text.AsSpan(_position).StartsWith(word))
        {
            return false;
        }

        _position += word.Length;
        return true;
    }

    private void SkipSpaces()
    {
        while (Peek is ' ' or '\n' or '\t' or '\r')
        {
            _position++;
        }
    }

    private char Peek => _position < text.Length ? text[_position] : '\0';

    private DataFileException Wrong() =>
        new(path, $"{where}the header is not a dict of descr, fortran_order and shape as NumPy writes it; the array is damaged, get the " +
            $"file again.");
}
