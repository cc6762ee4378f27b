using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ResearchKit.Notebooks.Files;

/// <summary>Values for the variables of the cell tagged <c>parameters</c> (papermill's convention).</summary>
internal static class NotebookParameters
{
    /// <summary>The tag, and the id, of the cell that sets the values.</summary>
    public const string InjectedTag = "injected-parameters";

    private const string Fast = "researchkit.fast";

    /// <summary>Puts a cell with the values after the parameters cell, and removes the one of an earlier run.</summary>
    /// <param name="notebook">Without values, only the cell of an earlier run is removed.</param>
    /// <param name="values">Pairs <c>name=value</c>.</param>
    /// <param name="origin">Where the values are from, for messages.</param>
    /// <exception cref="NotebookFileException">A pair, a name or a value is wrong, or there is no parameters cell.</exception>
    public static void Apply(NotebookFile notebook, IReadOnlyList<string> values, string origin = "-p")
    {
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

        var types = DeclaredTypes(notebook.Cells[index].Source);
        var assignments = values.Select(pair => Assignment(pair, types, $"{notebook.Path}: {origin} {pair}"));
        notebook.Insert(index + 1, InjectedTag, $"// Set by {origin}\n" + string.Join('\n', assignments), InjectedTag);
    }

    /// <summary>Sets the values of a quick run: the notebook's metadata has <c>"researchkit": {"fast": {"steps": 120}}</c>.</summary>
    /// <returns>The values as <c>name=value</c>; none, and the notebook unchanged, where the metadata names none.</returns>
    /// <exception cref="NotebookFileException">The entry is malformed, or a value does not fit its parameter.</exception>
    public static List<string> ApplyFast(NotebookFile notebook)
    {
        if (notebook.Metadata["researchkit"] is not { } kit || kit is JsonObject entry && !entry.ContainsKey("fast"))
        {
            return [];
        }

        if ((kit as JsonObject)?["fast"] is not JsonObject fast)
        {
            throw new NotebookFileException($"{notebook.Path}: the metadata's entry \"researchkit\" is malformed; write "
                + "\"researchkit\": {\"fast\": {\"steps\": 120}} with the notebook's own parameters.");
        }

        List<string> values = [.. fast.Select(p => p.Value?.GetValueKind() is null or JsonValueKind.Object or JsonValueKind.Array
            ? throw new NotebookFileException($"{notebook.Path}: the metadata's {Fast}.{p.Key} is {p.Value?.ToJsonString() ?? "null"}; "
                + "it must be a number, a text, true or false.")
            : $"{p.Key}={(p.Value is JsonValue v && v.TryGetValue<string>(out var text) ? text : p.Value!.ToJsonString())}")];
        if (values.Count > 0)
        {
            Apply(notebook, values, Fast);
        }

        return values;
    }

    private static int IndexOf(NotebookFile notebook, string tag) => notebook.Cells.FindIndex(c => c.IsCode && c.HasTag(tag));

    // The variables of the cell itself, not those inside its functions and loops.
    private static Dictionary<string, string> DeclaredTypes(string source)
    {
        var tree = CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(kind: SourceCodeKind.Script));
        var declarations = ((CompilationUnitSyntax)tree.GetRoot()).Members.OfType<FieldDeclarationSyntax>().Select(m => m.Declaration);
        return declarations.SelectMany(d => d.Variables, (d, v) => (
                Name: v.Identifier.Text,
                Type: d.Type.IsVar ? TypeOf(v.Initializer?.Value) : d.Type.ToString().TrimEnd('?')))
            .GroupBy(v => v.Name).ToDictionary(g => g.Key, g => g.Last().Type);
    }

    private static string TypeOf(ExpressionSyntax? value) =>
        ((value is PrefixUnaryExpressionSyntax minus ? minus.Operand : value) as LiteralExpressionSyntax)?.Token.Value switch
        {
            string => "string",
            bool => "bool",
            int => "int",
            long => "long",
            float => "float",
            double => "double",
            _ => "unknown",
        };

    private static string Assignment(string pair, Dictionary<string, string> types, string where)
    {
        if (pair.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var value])
        {
            throw new NotebookFileException($"{where}: write -p name=value.");
        }

        if (!types.TryGetValue(name, out var type))
        {
            throw new NotebookFileException($"{where}: the notebook has no parameter '{name}'. It has: {string.Join(", ", types.Keys)}.");
        }

        return Literal(type, value) is { } literal
            ? $"{name} = {literal};"
            : throw new NotebookFileException($"{where}: '{value}' is not a value for '{name}', which is of type {type}.");
    }

    private static string? Literal(string type, string value)
    {
        const NumberStyles style = NumberStyles.Float;
        var culture = CultureInfo.InvariantCulture;
        return type switch
        {
            "string" => SymbolDisplay.FormatLiteral(value, quote: true),
            "bool" => bool.TryParse(value, out var flag) ? (flag ? "true" : "false") : null,
            "int" => int.TryParse(value, culture, out var n) ? n.ToString(culture) : null,
            "long" => long.TryParse(value, culture, out var n) ? n.ToString(culture) + "L" : null,
            "double" => double.TryParse(value, style, culture, out var x) && double.IsFinite(x) ? x.ToString("R", culture) + "D" : null,
            "float" => float.TryParse(value, style, culture, out var x) && float.IsFinite(x) ? x.ToString("R", culture) + "F" : null,
            _ => null,
        };
    }
}
