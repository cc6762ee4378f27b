using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.DotNet.Interactive.Formatting;
using ResearchKit.Notebooks.Publishing;

namespace ResearchKit.Notebooks.Exporting;

/// <summary>Writes a notebook as a file-based app, one C# file for <c>dotnet run FILE.cs</c>.</summary>
/// <remarks>A notebook is a chain of scripts: a cell may declare a name anew, and a loop in a cell may use one that the notebook has. A
/// program allows neither, so <see cref="ProgramNames"/> gives such names a number. Texts become comments.</remarks>
internal static partial class AppExport
{
    // The library that the host itself shows values with; its version ends with a revision.
    private static readonly string Formatting = "Microsoft.DotNet.Interactive.Formatting@"
        + typeof(Formatter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    // What the cells may use without saying so, and what the code below them uses.
    private static readonly string[] Imports =
    [
        "using System.Collections;", "using System.Net;", "using System.Text;", "using Microsoft.AspNetCore.Html;",
        "using Microsoft.DotNet.Interactive.Formatting;", "using static Shown;",
    ];

    /// <summary>The app's text.</summary>
    /// <param name="notebook">The notebook; its outputs are of no matter.</param>
    /// <param name="file">Where the app will be: paths in it start there.</param>
    /// <exception cref="NotebookFileException">A cell does not compile, or uses what a program cannot have; names the cell.</exception>
    public static string ToText(NotebookFile notebook, string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var (directives, usings) = (new List<string>(), new HashSet<string>(Imports));
        var (body, types) = (new StringBuilder(), new StringBuilder());
        var programs = new ProgramNames(notebook);
        foreach (var cell in notebook.Cells)
        {
            if (cell.IsMarkdown || cell.HasTag(NotebookCell.Raises))
            {
                body.Append(Comment(cell.Source)).Append('\n'); // a cell that shall fail would end the program
            }
            else if (cell.IsCode && programs.Cell(cell) is var (source, references))
            {
                directives.AddRange(references.Select(r => Directive(r, notebook, folder, cell.Id)));
                var root = CSharpSyntaxTree.ParseText(source, ProgramNames.Syntax).GetCompilationUnitRoot();
                usings.UnionWith(root.Usings.Select(u => u.WithoutTrivia().ToString()));
                types.Append(string.Concat(root.Members.Where(m => m is BaseTypeDeclarationSyntax).Select(m => m.ToFullString())));
                body.Append(Statements(root)).Append("\n\n");
            }
        }

        // `using` directives in two groups, as tools sort them.
        var sorted = usings.OrderBy(u => (u.Contains(" static ", StringComparison.Ordinal), u), Comparer<(bool, string)>.Default);
        return $"""
            // {Path.GetFileName(file)}: made from {Path.GetFileName(notebook.Path)} by `researchkit notebook export --to app`.
            // `dotnet run {Path.GetFileName(file)}` runs it. What it shows goes into a page and images beside this file.
            {string.Join('\n', directives.Append("#:package " + Formatting).Concat(Properties).Distinct())}
            {string.Join('\n', sorted)}

            Shown.In("{Relative(folder, notebook.Folder)}");

            {body.ToString().Trim()}
            {(types.Length == 0 ? "" : "\n" + types.ToString().Trim() + "\n")}
            {TextFiles.ReadEmbedded("shown.cs")}
            """.ReplaceLineEndings("\n");
    }

    // Where the file lies in a checkout, the checkout's rules are for its own sources.
    private static IEnumerable<string> Properties =>
    [
        "#:property ManagePackageVersionsCentrally=false", "#:property TreatWarningsAsErrors=false", "#:property Nullable=disable",
        "#:property GenerateDocumentationFile=false", "#:property Configuration=Release", "#:property PublishAot=false",
        "#:property NoWarn=$(NoWarn);CS8321;CS0219;CS4014;CS1591;CA1050;NU1603",
    ];

    // The cell without its using directives, types and #r; a last expression without a semicolon is shown.
    private static string Statements(CompilationUnitSyntax root)
    {
        var text = new StringBuilder();
        foreach (var member in root.Members.Where(m => m is not BaseTypeDeclarationSyntax))
        {
            var whole = member.ToFullString();
            text.Append(member is GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } shown }
                ? $"{shown.GetLeadingTrivia()}display({shown.Expression.WithoutLeadingTrivia().ToFullString().TrimEnd()});"
                : whole);
        }

        text.Append(root.EndOfFileToken.LeadingTrivia.ToFullString());
        return DirectiveLine().Replace(text.ToString(), "").Trim('\n');
    }

    private static string Comment(string text) =>
        string.Concat(text.TrimEnd().Split('\n').Select(l => l.Length == 0 ? "//\n" : $"// {l}\n"));

    // #r "nuget: A, 1.0" is a package; #i "nuget: FOLDER" a source of some; #r "path/A.dll" a project of the checkout.
    private static string Directive(string line, NotebookFile notebook, string folder, string cell)
    {
        var what = line.Split('"')[1];
        if (what.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase))
        {
            var parts = what["nuget:".Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return line.StartsWith("#i", StringComparison.Ordinal) ? $"#:property RestoreAdditionalProjectSources={parts[0]}"
                : $"#:package {parts[0]}@{(parts.Length > 1 ? parts[1] : "*")}";
        }

        var name = Path.GetFileNameWithoutExtension(what);
        var project = MachinePaths.CheckoutAbove(notebook.Folder) is { } root ? Path.Combine(root, "src", name, name + ".csproj") : null;
        return File.Exists(project)
            ? $"#:project {Relative(folder, project)}"
            : throw new NotebookFileException($"{notebook.Path}: cell {cell} references {what}, and an app can only reference packages "
                + $"and projects. Write #r \"nuget: {name}\" in its place.");
    }

    private static string Relative(string from, string to) => Path.GetRelativePath(from, to).Replace('\\', '/');

    [GeneratedRegex(@"^[ \t]*#(r|i|!).*$\n?", RegexOptions.Multiline)]
    private static partial Regex DirectiveLine();
}
