using System.Net;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ResearchKit.Notebooks.Html;

/// <summary>Colours C# by its tokens.</summary>
internal static class CSharpHighlighter
{
    public static string ToHtml(string code)
    {
        var tree = CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(kind: SourceCodeKind.Script));
        return string.Concat(tree.GetRoot().DescendantTokens().Select(token =>
            Trivia(token.LeadingTrivia) + Span(token.Text, ClassOf(token)) + Trivia(token.TrailingTrivia)));
    }

    private static string Trivia(SyntaxTriviaList trivia) => string.Concat(trivia.Select(t => Span(t.ToFullString(), ClassOf(t))));

    private static string? ClassOf(SyntaxTrivia trivia) =>
        trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia ? "c" : trivia.IsDirective ? "k" : null;

    private static string? ClassOf(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.NumericLiteralToken => "n",
        SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken
            or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedStringTextToken
            or SyntaxKind.InterpolatedStringEndToken => "s",
        _ => token.IsKeyword() || token.IsContextualKeyword() || token.Text == "var" ? "k" : null,
    };

    private static string Span(string text, string? style)
    {
        var encoded = WebUtility.HtmlEncode(text);
        return style is null || text.Length == 0 ? encoded : $"<span class=\"{style}\">{encoded}</span>";
    }
}
