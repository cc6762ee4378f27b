using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ResearchKit.Notebooks.Html;

/// <summary>Colours C# by its tokens.</summary>
internal static class CSharpHighlighter
{
    public static string ToHtml(string code)
    {
        var html = new StringBuilder();
        var tree = CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(kind: SourceCodeKind.Script));
        foreach (var token in tree.GetRoot().DescendantTokens(descendIntoTrivia: false))
        {
            AppendTrivia(html, token.LeadingTrivia);
            Append(html, token.Text, ClassOf(token));
            AppendTrivia(html, token.TrailingTrivia);
        }

        return html.ToString();
    }

    private static void AppendTrivia(StringBuilder html, SyntaxTriviaList trivia)
    {
        foreach (var piece in trivia)
        {
            var isComment = piece.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia;
            Append(html, piece.ToFullString(), isComment ? "c" : piece.IsDirective ? "k" : null);
        }
    }

    private static string? ClassOf(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.NumericLiteralToken => "n",
        SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedStringEndToken
            or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken => "s",
        _ => token.IsKeyword() || token.IsContextualKeyword() || token.Text == "var" ? "k" : null,
    };

    private static void Append(StringBuilder html, string text, string? style)
    {
        var encoded = WebUtility.HtmlEncode(text);
        html.Append(style is null || text.Length == 0 ? encoded : $"<span class=\"{style}\">{encoded}</span>");
    }
}
