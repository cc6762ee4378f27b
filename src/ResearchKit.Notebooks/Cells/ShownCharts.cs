using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ResearchKit.Notebooks.Cells;

/// <summary>Plotly.NET's <c>chart.Show()</c> opens a browser. In a cell that runs here it shows the chart below the cell.</summary>
internal static class ShownCharts
{
    /// <summary>The cell with its calls of <c>Show</c> made calls of <see cref="NotebookFunctions.ShowChart"/>, on the same lines; null
    /// where it has none.</summary>
    /// <param name="compilation">The cell as it was written.</param>
    public static string? Rewrite(Compilation compilation)
    {
        var tree = compilation.SyntaxTrees.Last(); // the trees of #load come before
        var source = tree.GetText().ToString();
        if (!source.Contains("Show", StringComparison.Ordinal))
        {
            return null;
        }

        var model = compilation.GetSemanticModel(tree);
        var calls = tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(c => c is { Expression: MemberAccessExpressionSyntax, ArgumentList.Arguments.Count: 0 }
                && model.GetSymbolInfo(c).Symbol is { Name: "Show" } method
                && method.ContainingAssembly?.Name.StartsWith("Plotly.NET", StringComparison.Ordinal) == true)
            .OrderByDescending(c => c.SpanStart)
            .ToList();
        foreach (var call in calls)
        {
            var chart = ((MemberAccessExpressionSyntax)call.Expression).Expression;
            var between = source[chart.Span.End..call.Span.End]; // keeps the line breaks
            source = source[..call.SpanStart] + nameof(NotebookFunctions.ShowChart) + "(" + source[call.SpanStart..chart.Span.End]
                + string.Concat(between.Where(c => c == '\n')) + ")" + source[call.Span.End..];
        }

        return calls.Count == 0 ? null : source;
    }
}
