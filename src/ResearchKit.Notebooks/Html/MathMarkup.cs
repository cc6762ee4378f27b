using System.Net;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;

namespace ResearchKit.Notebooks.Html;

/// <summary>Turns the TeX that notebooks use into MathML, which browsers draw by themselves.</summary>
/// <remarks>
/// Letters, numbers, operators, sub- and superscripts, fractions, roots, accents, braces and the commands of <see cref="MathSymbols"/>.
/// A formula with anything else is shown as its TeX.
/// </remarks>
internal sealed partial class MathMarkup
{
    private readonly List<Match> _tokens;
    private int _at;

    private MathMarkup(string tex) => _tokens = [.. Token().Matches(tex).Where(t => !string.IsNullOrWhiteSpace(t.Value))];

    private string? Next => _at < _tokens.Count ? _tokens[_at].Value : null;

    /// <summary>A formula as MathML, or as its own TeX where it holds something unknown.</summary>
    /// <param name="tex">The formula without its dollar signs.</param>
    /// <param name="isBlock">True for a formula on a line of its own.</param>
    public static string FromTex(string tex, bool isBlock)
    {
        try
        {
            return $"<math{(isBlock ? " display=\"block\"" : "")}>{new MathMarkup(tex).Row(end: null)}</math>";
        }
        catch (FormatException)
        {
            return $"<code>{WebUtility.HtmlEncode(tex)}</code>";
        }
    }

    private string Row(string? end)
    {
        var row = new StringBuilder("<mrow>");
        while (Next != end)
        {
            row.Append(Scripted());
        }

        _at++;
        return row.Append("</mrow>").ToString();
    }

    private string Scripted()
    {
        var under = Next is "\\underbrace" or "\\min" or "\\max" or "\\sum" or "\\prod";
        var body = Atom();
        string? lower = null, upper = null;
        while (Next is "_" or "^")
        {
            var isLower = Take().Value == "_";
            (lower, upper) = isLower ? (Atom(), upper) : (lower, Atom());
        }

        return (lower, upper) switch
        {
            (null, null) => body,
            (not null, null) => under ? $"<munder>{body}{lower}</munder>" : $"<msub>{body}{lower}</msub>",
            (null, not null) => $"<msup>{body}{upper}</msup>",
            _ => under ? $"<munderover>{body}{lower}{upper}</munderover>" : $"<msubsup>{body}{lower}{upper}</msubsup>",
        };
    }

    private string Atom()
    {
        var token = Take();
        return token.Value switch
        {
            "{" => Row(end: "}"),
            "}" or "_" or "^" or "&" or "#" or "\\" => throw new FormatException(),
            ['\\', ..] when token.Groups["name"].Success => Styled(token.Groups["name"].Value, token.Groups["text"].Value),
            ['\\', .. var name] => Command(name),
            "(" or ")" or "[" or "]" => $"<mo stretchy=\"false\">{token}</mo>",
            "-" => "<mo>−</mo>",
            "*" => "<mo>∗</mo>", // the other one stands high already
            [var c, ..] when char.IsDigit(c) => $"<mn>{token}</mn>",
            [var c] when char.IsLetter(c) => $"<mi>{c}</mi>",
            var other => $"<mo>{WebUtility.HtmlEncode(other)}</mo>",
        };
    }

    private string Command(string name) =>
        MathSymbols.Identifiers.TryGetValue(name, out var id) ? $"<mi>{id}</mi>" + (id.Length > 1 ? "<mspace width=\"0.17em\"/>" : "")
        : MathSymbols.Operators.TryGetValue(name, out var op) ? $"<mo>{op}</mo>"
        : MathSymbols.Ignored.Contains(name) ? ""
        : MathSymbols.Spaces.TryGetValue(name, out var width) ? $"<mspace width=\"{width}\"/>"
        : MathSymbols.Accents.TryGetValue(name, out var accent) ? $"<mover accent=\"true\">{Atom()}<mo>{accent}</mo></mover>"
        : name switch
        {
            "tfrac" => $"<mstyle displaystyle=\"false\"><mfrac>{Atom()}{Atom()}</mfrac></mstyle>",
            "frac" => $"<mfrac>{Atom()}{Atom()}</mfrac>",
            "sqrt" => $"<msqrt>{Atom()}</msqrt>",
            "underbrace" => $"<mrow style=\"border-bottom:1px solid\">{Atom()}</mrow>", // few fonts have braces that stretch
            _ => throw new FormatException(),
        };

    // A command whose argument is text and not a formula.
    private static string Styled(string name, string text) => name switch
    {
        "text" or "operatorname" => $"<mtext>{WebUtility.HtmlEncode(text.Replace(' ', '\u00a0'))}</mtext>",
        "mathbf" or "mathrm" => $"<mi mathvariant=\"{(name == "mathbf" ? "bold" : "normal")}\">{WebUtility.HtmlEncode(text)}</mi>",
        _ => MathSymbols.Letters.TryGetValue($"{name} {text}", out var letter) ? $"<mi>{letter}</mi>" : throw new FormatException(),
    };

    private Match Take() => _at < _tokens.Count ? _tokens[_at++] : throw new FormatException();

    [GeneratedRegex(
        @"\\(?<name>text|operatorname|mathbb|mathcal|mathbf|mathrm)\{(?<text>[^}]*)\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)*|.",
        RegexOptions.Singleline)]
    private static partial Regex Token();
}

/// <summary>Writes the formulas of Markdown as MathML.</summary>
internal sealed class MathMarkupExtension : IMarkdownExtension
{
    public void Setup(MarkdownPipelineBuilder pipeline)
    {
    }

    public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer)
    {
        if (renderer is HtmlRenderer html)
        {
            html.ObjectRenderers.RemoveAll(r => r is HtmlMathInlineRenderer or HtmlMathBlockRenderer);
            html.ObjectRenderers.InsertRange(0, [new BlockRenderer(), new InlineRenderer()]);
        }
    }

    private sealed class InlineRenderer : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline formula) =>
            renderer.Write(MathMarkup.FromTex(formula.Content.ToString(), isBlock: formula.DelimiterCount > 1));
    }

    private sealed class BlockRenderer : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock formula) =>
            renderer.WriteLine(MathMarkup.FromTex(formula.Lines.ToString(), isBlock: true));
    }
}
