using System.Collections.Immutable;
using Microsoft.AspNetCore.Html;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.Formatting;

namespace ResearchKit.Notebooks.Cells;

/// <summary>Runs C# cells one after the other; what a cell declares, later cells see. One engine a process.</summary>
public sealed class CellEngine : IDisposable
{
    private readonly KitAssemblies _assemblies;
    private ScriptOptions _options;
    private ScriptState<object>? _state;

    /// <summary>Prepares the first cell.</summary>
    /// <param name="folder">The notebook's folder: relative <c>#r</c> and <c>#load</c> paths start there.</param>
    public CellEngine(string folder) => (_assemblies, _options) = (new KitAssemblies(folder), Options(folder));

    /// <summary>Runs one cell to its end.</summary>
    /// <param name="code">C#, with .NET Interactive's directive lines.</param>
    /// <param name="cellId">Names the cell in stack traces.</param>
    /// <param name="output">Told what the cell writes, shows, gives, and why it failed.</param>
    /// <param name="cancellation">Seen by the cell's awaits only; a loop has to be ended with the process.</param>
    /// <returns>True when the cell ran without an error.</returns>
    public async Task<bool> RunAsync(string code, string cellId, ICellOutput output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(output);
        using var shown = Formatter.SubscribeToDisplayedValues(value => NotebookFunctions.Send(value, output));
        try
        {
            var source = DirectiveLines.Process(code, _assemblies, output);
            _options = _options.AddReferences(_assemblies.TakeNew().Select(path => MetadataReference.CreateFromFile(path)));
            var script = Continue(source, _options.WithFilePath(cellId + CellErrors.FileEnding));
            if (ShownCharts.Rewrite(script.GetCompilation()) is { } rewritten)
            {
                script = Continue(rewritten, script.Options);
            }

            var compilation = script.GetCompilation();
            var errors = script.Compile(cancellation).Where(d => d.Severity == DiagnosticSeverity.Error).ToImmutableArray();
            if (errors.Length > 0)
            {
                output.Error(CellErrors.OfCompilation(errors));
                return false;
            }

            _assemblies.Load(compilation);
            _state = await RunScriptAsync(script, cancellation).ConfigureAwait(false);
            if (_state.Exception is { } exception)
            {
                output.Error(CellErrors.OfException(exception, cellId));
                return false;
            }

            if (HasValue(compilation))
            {
                output.Result(NotebookFunctions.Bundle(_state.ReturnValue));
            }

            return true;
        }
        catch (DirectiveException e)
        {
            output.Error(new CellError("Directive", e.Message, e.Line));
            return false;
        }
        catch (Exception e)
        {
            // A library that does not load, a formatter that throws: the cell's fault, and the next cell shall still find its variables.
            output.Error(CellErrors.OfException(e, cellId));
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _assemblies.Dispose();

    /// <summary>How cells are compiled.</summary>
    /// <param name="folder">The notebook's folder.</param>
    internal static ScriptOptions Options(string folder) => ScriptOptions.Default
        .WithReferences(FrameworkReferences())
        .WithImports(
            "System", "System.Text", "System.Collections", "System.Collections.Generic", "System.Linq", "System.Threading.Tasks",
            typeof(NotebookFunctions).FullName!)
        .WithMetadataResolver(ScriptMetadataResolver.Default.WithBaseDirectory(folder))
        .WithSourceResolver(ScriptSourceResolver.Default.WithBaseDirectory(folder))
        .WithLanguageVersion(LanguageVersion.CSharp14)
        .WithEmitDebugInformation(true)
        .WithFileEncoding(Encoding.UTF8);

    private Script<object> Continue(string source, ScriptOptions options) => _state is null
        ? CSharpScript.Create<object>(source, options, assemblyLoader: _assemblies.Loader)
        : _state.Script.ContinueWith<object>(source, options);

    private Task<ScriptState<object>> RunScriptAsync(Script<object> script, CancellationToken cancellation) => _state is null
        ? script.RunAsync(globals: null, catchException: _ => true, cancellation)
        : script.RunFromAsync(_state, catchException: _ => true, cancellation);

    // Roslyn gives null both for no value and for the value null: the syntax tells them apart.
    private static bool HasValue(Compilation compilation)
    {
        var tree = compilation.SyntaxTrees.Last(); // the trees of #load come before
        var last = ((CompilationUnitSyntax)tree.GetRoot()).Members.LastOrDefault();
        if (last is GlobalStatementSyntax { Statement: ReturnStatementSyntax { Expression: not null } })
        {
            return true;
        }

        return last is GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } statement }
            && compilation.GetSemanticModel(tree).GetTypeInfo(statement.Expression).Type?.SpecialType != SpecialType.System_Void;
    }

    private static IEnumerable<MetadataReference> FrameworkReferences() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(p => Path.GetDirectoryName(p) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Append(typeof(Formatter).Assembly.Location)
            .Append(typeof(IHtmlContent).Assembly.Location)
            .Append(typeof(NotebookFunctions).Assembly.Location)
            .Select(p => MetadataReference.CreateFromFile(p));
}
