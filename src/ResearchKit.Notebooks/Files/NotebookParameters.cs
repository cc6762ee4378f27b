using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ResearchKit.Notebooks.Files;

/// <summary>Values for the variables of the cell tagged <c>parameters</c> (papermill's convention).</summary>
public static class NotebookParameters
{
    /// <summary>The tag, and the id, of the cell that sets the values.</summary>
    public const string InjectedTag = "injected-parameters";

    /// <summary>Puts a cell with the values after the parameters cell; one from an earlier run is replaced.</summary>
    /// <param name="notebook">The notebook; unchanged when there are no values and no cell from an earlier run.</param>
    /// <param name="values">Pairs <c>name=value</c>.</param>
    /// <param name="origin">Where the values are from, for messages.</param>
    /// <exception cref="NotebookFileException">A pair is none, a name is unknown, a value does not fit its type, or there is no parameters cell.</exception>
    public static void Apply(NotebookFile notebook, IReadOnlyList<string> values, string origin = "-p")
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
            throw new NotebookFileException($"{notebook.Path} has no cell tagged 'parameters', so {origin} has nothing to set.");
        }

        var known = Declarations(notebook.Cells[index].Source);
        var assignments = values.Select(pair => Assignment(pair, known, $"{notebook.Path}: {origin}"));
        notebook.Insert(index + 1, InjectedTag, $"// Set by {origin}\n" + string.Join('\n', assignments), InjectedTag);
    }

    private static int IndexOf(NotebookFile notebook, string tag) =>
        notebook.Cells.Select((cell, i) => cell.IsCode && cell.HasTag(tag) ? i : -1).FirstOrDefault(i => i >= 0, -1);

    // The variables of the cell itself, not those inside its functions and loops.
    private static Dictionary<string, string> Declarations(string source)
    {
        var tree = CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(kind: SourceCodeKind.Script));
        var types = new Dictionary<string, string>();
        foreach (var declaration in ((CompilationUnitSyntax)tree.GetRoot()).Members.OfType<FieldDeclarationSyntax>().Select(m => m.Declaration))
        {
            foreach (var variable in declaration.Variables)
            {
                types[variable.Identifier.Text] = declaration.Type.IsVar ? TypeOf(variable.Initializer?.Value) : declaration.Type.ToString().TrimEnd('?');
            }
        }

        return types;
    }

    private static string TypeOf(ExpressionSyntax? value) => (value is PrefixUnaryExpressionSyntax minus ? minus.Operand : value) switch
    {
        LiteralExpressionSyntax { Token.Value: string } => "string",
        LiteralExpressionSyntax { Token.Value: bool } => "bool",
        LiteralExpressionSyntax { Token.Value: double } => "double",
        LiteralExpressionSyntax { Token.Value: float } => "float",
        LiteralExpressionSyntax { Token.Value: int } => "int",
        LiteralExpressionSyntax { Token.Value: long } => "long",
        _ => "unknown",
    };

    private static string Assignment(string pair, Dictionary<string, string> known, string where)
    {
        var parts = pair.Split('=', 2);
        if (parts.Length < 2)
        {
            throw new NotebookFileException($"{where} {pair}: write -p name=value.");
        }

        var (name, value) = (parts[0].Trim(), parts[1].Trim());
        if (!known.TryGetValue(name, out var type))
        {
            throw new NotebookFileException($"{where} {pair}: the notebook has no parameter '{name}'. It has: {string.Join(", ", known.Keys)}.");
        }

        return $"{name} = {Literal(type, value) ?? throw new NotebookFileException($"{where} {pair}: '{value}' is not a value for '{name}', which is of type {type}.")};";
    }

    private static string? Literal(string type, string value)
    {
        const NumberStyles number = NumberStyles.Float;
        var culture = CultureInfo.InvariantCulture;
        return type switch
        {
            "string" => SymbolDisplay.FormatLiteral(value, quote: true),
            "bool" => bool.TryParse(value, out var flag) ? (flag ? "true" : "false") : null,
            "int" => int.TryParse(value, culture, out var small) ? small.ToString(culture) : null,
            "long" => long.TryParse(value, culture, out var large) ? large.ToString(culture) + "L" : null,
            "double" => double.TryParse(value, number, culture, out var wide) && double.IsFinite(wide) ? wide.ToString("R", culture) + "D" : null,
            "float" => float.TryParse(value, number, culture, out var narrow) && float.IsFinite(narrow) ? narrow.ToString("R", culture) + "F" : null,
            _ => null,
        };
    }
}
