using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Text;

namespace ResearchKit.Notebooks.Exporting;

/// <summary>Compiles a notebook's cells as the chain of scripts that they are, and gives names numbers where one program could not have
/// them twice: a cell's variable or function of a name that an earlier cell declared, and a local of a name that some cell
/// declares.</summary>
internal sealed partial class ProgramNames
{
    private readonly Dictionary<string, string> _sources = [];
    private readonly Dictionary<string, List<string>> _references = [];

    /// <exception cref="NotebookFileException">A cell does not compile.</exception>
    public ProgramNames(NotebookFile notebook)
    {
        var chain = Compile(notebook);
        var members = chain.ConvertAll(c => (c.Model, Declared: TopLevel(c.Model)));
        var (taken, names) = (new HashSet<string>(), new Dictionary<string, string>());
        foreach (var symbol in members.SelectMany(m => m.Declared))
        {
            names[Key(symbol)] = Free(symbol.Name, taken);
        }

        foreach (var (cell, model) in chain)
        {
            var own = new Dictionary<ISymbol, string>(SymbolEqualityComparer.Default);
            foreach (var local in Locals(model).Where(l => taken.Contains(l.Name)))
            {
                own[local] = Free(local.Name, taken);
            }

            _sources[cell.Id] = Renamed(model, s => own.TryGetValue(s, out var local) ? local : names.GetValueOrDefault(Key(s)));
        }
    }

    /// <summary>How cells are read: as scripts.</summary>
    public static CSharpParseOptions Syntax { get; } = new(LanguageVersion.CSharp14, kind: SourceCodeKind.Script);

    /// <summary>A cell with the program's names, and what it references: as <c>#r</c> and <c>#i</c> say it.</summary>
    public (string Source, List<string> References) Cell(NotebookCell cell) => (_sources[cell.Id], _references[cell.Id]);

    private List<(NotebookCell Cell, SemanticModel Model)> Compile(NotebookFile notebook)
    {
        using var assemblies = new KitAssemblies(notebook.Folder);
        var options = CellEngine.Options(notebook.Folder);
        Script<object>? script = null;
        var chain = new List<(NotebookCell, SemanticModel)>();
        foreach (var cell in notebook.CodeCells.Where(c => !c.HasTag(NotebookCell.Raises)))
        {
            _references[cell.Id] = [.. Reference().Matches(cell.Source).Select(m => m.Value.Trim())];
            var source = Followed(cell, assemblies, notebook.Path);
            options = options.AddReferences(assemblies.TakeNew().Select(path => MetadataReference.CreateFromFile(path)));
            script = script?.ContinueWith<object>(source, options) ?? CSharpScript.Create<object>(source, options);
            var compilation = script.GetCompilation();
            if (compilation.GetDiagnostics().FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error)
            {
                throw new NotebookFileException($"{notebook.Path}: cell {cell.Id}, line "
                    + $"{error.Location.GetLineSpan().StartLinePosition.Line + 1} does not compile: {error.GetMessage()}");
            }

            chain.Add((cell, compilation.GetSemanticModel(compilation.SyntaxTrees.Last())));
        }

        return chain;
    }

    private static string Followed(NotebookCell cell, KitAssemblies assemblies, string path)
    {
        try
        {
            return DirectiveLines.Process(cell.Source, assemblies, null);
        }
        catch (DirectiveException e)
        {
            throw new NotebookFileException($"{path}: cell {cell.Id}, line {e.Line}: {e.Message}", e);
        }
    }

    // Variables (in a script they are fields) and functions, in the order of their declaration.
    private static List<ISymbol> TopLevel(SemanticModel model) => [.. model.SyntaxTree.GetRoot().DescendantNodes()
        .Where(n => n is VariableDeclaratorSyntax or SingleVariableDesignationSyntax or MethodDeclarationSyntax)
        .Select(n => model.GetDeclaredSymbol(n)).OfType<ISymbol>()
        .Where(s => s is IFieldSymbol or IMethodSymbol && s.ContainingType is { IsScriptClass: true })];

    // A lambda's and a function's own locals may hide outer ones; all others may not.
    private static IEnumerable<ISymbol> Locals(SemanticModel model) => model.SyntaxTree.GetRoot().DescendantNodes()
        .Where(n => n is VariableDeclaratorSyntax or SingleVariableDesignationSyntax or ForEachStatementSyntax or CatchDeclarationSyntax)
        .Where(n => !n.Ancestors().Any(a => a is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax
            or BaseMethodDeclarationSyntax or BaseTypeDeclarationSyntax))
        .Select(n => model.GetDeclaredSymbol(n)).OfType<ILocalSymbol>();

    private static string Free(string name, HashSet<string> taken)
    {
        var free = name;
        for (var i = 2; !taken.Add(free); i++)
        {
            free = $"{name}{i}";
        }

        return free;
    }

    // A later script sees another object for the same symbol.
    private static string Key(ISymbol symbol) =>
        $"{symbol.ContainingType?.Name}.{symbol.OriginalDefinition.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat)}";

    private static string Renamed(SemanticModel model, Func<ISymbol, string?> name)
    {
        bool IsOurs(ISymbol? s) => s is ILocalSymbol || s is IFieldSymbol or IMethodSymbol && s.ContainingType is { IsScriptClass: true };
        var changes = new List<TextChange>();
        foreach (var token in model.SyntaxTree.GetRoot().DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)))
        {
            var symbol = token.Parent is IdentifierNameSyntax or GenericNameSyntax
                ? model.GetSymbolInfo(token.Parent).Symbol
                : model.GetDeclaredSymbol(token.Parent!);
            if (IsOurs(symbol) && name(symbol!) is { } other && other != token.Text)
            {
                changes.Add(new(token.Span, other));
            }
        }

        return model.SyntaxTree.GetText().WithChanges(changes).ToString();
    }

    [GeneratedRegex("""^[ \t]*#(r|i)\s+"(?<what>[^"]+)".*$""", RegexOptions.Multiline)]
    private static partial Regex Reference();
}
