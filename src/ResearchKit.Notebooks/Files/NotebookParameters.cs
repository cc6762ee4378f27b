using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ResearchKit.Notebooks.Files;

/// <summary>Values from the command line for the variables of the cell tagged <c>parameters</c> (papermill's convention).</summary>
public static class NotebookParameters
{
    private const string InjectedTag = "injected-parameters";

    /// <summary>Puts a cell with the values after the parameters cell; one from an earlier run is replaced.</summary>
    /// <param name="notebook">The notebook; unchanged when there are no values and no cell from an earlier run.</param>
    /// <param name="values">Pairs <c>name=value</c>.</param>
    /// <exception cref="NotebookFileException">A pair is none, a name is unknown, a value does not fit its type, or there is no parameters cell.</exception>
    public static void Apply(NotebookFile notebook, IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentNullException.ThrowIfNull(values);
        if (IndexOf(notebook, InjectedTag) is var old and >= 0)
        {
            notebook.RemoveAt(old);
        }

        if (values.Count == 0)
        {
            return;
        }

        var index = IndexOf(notebook, "parameters");
        if (index < 0)
        {
            throw new NotebookFileException($"{notebook.Path} has no cell tagged 'parameters', so -p has nothing to set.");
        }

        var known = Declarations(notebook.Cells[index].Source);
        var assignments = values.Select(pair => Assignment(pair, known));
        notebook.Insert(index + 1, InjectedTag, "// From the command line (-p)\n" + string.Join('\n', assignments), InjectedTag);
    }

    private static int IndexOf(NotebookFile notebook, string tag) =>
        notebook.Cells.Select((cell, i) => cell.IsCode && cell.HasTag(tag) ? i : -1).FirstOrDefault(i => i >= 0, -1);

    private static Dictionary<string, bool> Declarations(string source)
    {
        var tree = CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(kind: SourceCodeKind.Script));
        return tree.GetRoot().DescendantNodes().OfType<VariableDeclarationSyntax>()
            .SelectMany(d => d.Variables.Select(v => (v.Identifier.Text, IsText: IsText(d.Type, v.Initializer?.Value))))
            .ToDictionary(v => v.Text, v => v.IsText);
    }

    private static bool IsText(TypeSyntax type, ExpressionSyntax? value) =>
        type.ToString().TrimEnd('?') == "string" || (type.IsVar && value.IsKind(SyntaxKind.StringLiteralExpression));

    private static string Assignment(string pair, Dictionary<string, bool> known)
    {
        var parts = pair.Split('=', 2);
        if (parts.Length < 2)
        {
            throw new NotebookFileException($"-p {pair}: write -p name=value.");
        }

        var (name, value) = (parts[0].Trim(), parts[1].Trim());
        if (!known.TryGetValue(name, out var isText))
        {
            throw new NotebookFileException($"-p {pair}: the notebook has no parameter '{name}'. It has: {string.Join(", ", known.Keys)}.");
        }

        if (!isText && !IsNumberOrBool(value))
        {
            throw new NotebookFileException($"-p {pair}: '{value}' is neither a number nor true or false, which '{name}' needs.");
        }

        return $"{name} = {(isText ? SymbolDisplay.FormatLiteral(value, quote: true) : value)};";
    }

    private static bool IsNumberOrBool(string value)
    {
        var expression = SyntaxFactory.ParseExpression(value);
        var literal = expression is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression } minus ? minus.Operand : expression;
        return !expression.ContainsDiagnostics && literal.Kind() is SyntaxKind.NumericLiteralExpression or SyntaxKind.TrueLiteralExpression or SyntaxKind.FalseLiteralExpression;
    }
}
