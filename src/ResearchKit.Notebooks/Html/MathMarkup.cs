using System.Globalization;
using System.Net;
using System.Text;

namespace ResearchKit.Notebooks.Html;

/// <summary>Turns the TeX that notebooks use into MathML, which browsers draw by themselves.</summary>
/// <remarks>Letters, numbers, operators, sub- and superscripts, fractions, roots, accents and the commands below. A formula with anything else is shown as its TeX.</remarks>
internal sealed class MathMarkup
{
    private readonly string _tex;
    private int _at;

    private MathMarkup(string tex) => _tex = tex;

    /// <summary>A formula as MathML, or as its own TeX where it holds something unknown.</summary>
    /// <param name="tex">The formula without its dollar signs.</param>
    /// <param name="isBlock">True for a formula on a line of its own.</param>
    public static string FromTex(string tex, bool isBlock)
    {
        try
        {
            var body = new MathMarkup(tex).Row(end: null);
            return $"<math{(isBlock ? " display=\"block\"" : "")}>{body}</math>";
        }
        catch (FormatException)
        {
            return $"<code>{WebUtility.HtmlEncode(tex)}</code>";
        }
    }

    private string Row(char? end)
    {
        var row = new StringBuilder("<mrow>");
        while (true)
        {
            SkipSpace();
            if (_at == _tex.Length)
            {
                return end is null ? row.Append("</mrow>").ToString() : throw new FormatException();
            }

            if (_tex[_at] == end)
            {
                _at++;
                return row.Append("</mrow>").ToString();
            }

            row.Append(Scripted());
        }
    }

    private string Scripted()
    {
        var under = IsLimit();
        var body = Atom();
        string? lower = null, upper = null;
        for (SkipSpace(); _at < _tex.Length && _tex[_at] is '_' or '^'; SkipSpace())
        {
            var isLower = _tex[_at++] == '_';
            SkipSpace();
            var script = Atom();
            (lower, upper) = isLower ? (script, upper) : (lower, script);
        }

        return (lower, upper) switch
        {
            (null, null) => body,
            (not null, null) => under ? $"<munder>{body}{lower}</munder>" : $"<msub>{body}{lower}</msub>",
            (null, not null) => $"<msup>{body}{upper}</msup>",
            _ => under ? $"<munderover>{body}{lower}{upper}</munderover>" : $"<msubsup>{body}{lower}{upper}</msubsup>",
        };
    }

    private bool IsLimit() => ((string[])["\\min", "\\max", "\\sum", "\\prod"]).Any(c => string.CompareOrdinal(_tex, _at, c, 0, c.Length) == 0);

    private string Atom()
    {
        if (_at == _tex.Length)
        {
            throw new FormatException();
        }

        var c = _tex[_at++];
        if (c == '{')
        {
            return Row('}');
        }

        if (c == '\\')
        {
            return Command(CommandName());
        }

        if (char.IsDigit(c))
        {
            var start = _at - 1;
            while (_at < _tex.Length && (char.IsDigit(_tex[_at]) || (_tex[_at] == '.' && _at + 1 < _tex.Length && char.IsDigit(_tex[_at + 1]))))
            {
                _at++;
            }

            return $"<mn>{_tex[start.._at]}</mn>";
        }

        return char.IsLetter(c) ? $"<mi>{c}</mi>" : c is '}' or '_' or '^' or '&' or '#' ? throw new FormatException() : c is '(' or ')' or '[' or ']' ? $"<mo stretchy=\"false\">{c}</mo>" : $"<mo>{WebUtility.HtmlEncode(c == '-' ? "−" : c.ToString(CultureInfo.InvariantCulture))}</mo>";
    }

    private string Command(string name)
    {
        if (MathSymbols.Identifiers.TryGetValue(name, out var identifier))
        {
            return $"<mi>{identifier}</mi>" + (identifier.Length > 1 ? "<mspace width=\"0.17em\"/>" : "");
        }

        if (MathSymbols.Operators.TryGetValue(name, out var op))
        {
            return op.Length == 0 ? "" : $"<mo>{op}</mo>";
        }

        if (MathSymbols.Spaces.TryGetValue(name, out var width))
        {
            return $"<mspace width=\"{width}\"/>";
        }

        if (MathSymbols.Alphabets.TryGetValue(name, out var alphabet))
        {
            var text = RawGroup();
            return MathSymbols.Letters.TryGetValue($"{alphabet} {text}", out var letter) ? $"<mi>{letter}</mi>" : alphabet is "normal" or "bold" ? $"<mi mathvariant=\"{alphabet}\">{WebUtility.HtmlEncode(text)}</mi>" : throw new FormatException();
        }

        if (MathSymbols.Accents.TryGetValue(name, out var accent))
        {
            return $"<mover accent=\"true\">{Argument()}<mo>{accent}</mo></mover>";
        }

        return name switch
        {
            "frac" => $"<mfrac>{Argument()}{Argument()}</mfrac>",
            "sqrt" => $"<msqrt>{Argument()}</msqrt>",
            "text" or "operatorname" => $"<mtext>{WebUtility.HtmlEncode(RawGroup().Replace(' ', '\u00a0'))}</mtext>",
            _ => throw new FormatException(),
        };
    }

    private string Argument()
    {
        SkipSpace();
        return Atom();
    }

    private string CommandName()
    {
        var start = _at;
        while (_at < _tex.Length && char.IsAsciiLetter(_tex[_at]))
        {
            _at++;
        }

        return _at > start ? _tex[start.._at] : _at < _tex.Length ? _tex[_at++].ToString() : throw new FormatException();
    }

    private string RawGroup()
    {
        var end = _at < _tex.Length && _tex[_at] == '{' ? _tex.IndexOf('}', _at) : -1;
        if (end < 0)
        {
            throw new FormatException();
        }

        var text = _tex[(_at + 1)..end];
        _at = end + 1;
        return text;
    }

    private void SkipSpace()
    {
        while (_at < _tex.Length && char.IsWhiteSpace(_tex[_at]))
        {
            _at++;
        }
    }
}
