using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ResearchKit.Notebooks.Exporting;
using ResearchKit.Notebooks.Files;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks.Exporting;

[Collection<NotebookPrograms>]
public sealed class AppExportTests
{
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => !Path.GetFileName(p).StartsWith("ResearchKit.Tests", StringComparison.Ordinal))
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];

    // `dotnet run` adds these.
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    public static TheoryData<string> Lessons => LessonTests.Lessons;

    [Theory]
    [MemberData(nameof(Lessons))]
    public void Every_lesson_is_a_program(string lesson)
    {
        using var folder = new TemporaryFolder();
        var notebook = NotebookFile.Read(Path.Combine(Repository.Root, "notebooks", lesson));
        var text = AppExport.ToText(notebook, folder["lesson.cs"]);
        Assert.Contains("#:project ", text, StringComparison.Ordinal);
        Assert.Empty(Errors(text));
    }

    [Fact]
    public void An_app_runs_its_cells_in_order_and_writes_what_they_show()
    {
        using var notebook = new TinyNotebook().Write(
            "using System.Globalization;\nvar x = 1.5;\nint Twice(int n) => 2 * n;",
            "#!csharp\nforeach (var i in Enumerable.Range(0, 2)) Console.Write($\"{i} \");\nvar i = Twice(3); // a loop had this name\ni",
            "var x = \"again\"; record Pair(int A, int B); // declared anew, as another type",
            "if (x is { Length: 5 } y) Console.WriteLine(y + new Pair(1, 2));\nHTML(\"<b>bold</b>\")",
            "tag:raises-exception\nint.Parse(\"none\")",
            "Console.WriteLine(\"the end\");\nif (bool.Parse(\"true\")) throw new InvalidOperationException(\"as a claim\");");
        Assert.Equal(0, notebook.Command("export", "--to", "app").ExitCode);
        var run = ProgramRun.Dotnet(notebook.Folder, "run", "out/tiny.cs");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("as a claim", run.Error, StringComparison.Ordinal);
        Assert.Contains("0 1 6", run.Output, StringComparison.Ordinal);
        Assert.Contains("againPair { A = 1, B = 2 }", run.Output, StringComparison.Ordinal);
        var page = File.ReadAllText(Path.Combine(notebook.Folder, "out", "tiny.html"));
        Assert.Contains("<b>bold</b>", page, StringComparison.Ordinal);
        Assert.Contains("the end", page, StringComparison.Ordinal); // what was printed before the program failed
    }

    [Theory]
    [InlineData("int x = \"a\";", "cell a, line 1 does not compile: Cannot implicitly convert")]
    [InlineData("#r \"elsewhere/Library.dll\"\n1", "cell a, line 1 does not compile: Metadata file 'elsewhere/Library.dll'")]
    public void A_cell_that_cannot_be_a_program_is_named(string cell, string problem)
    {
        using var notebook = new TinyNotebook().Write(cell);
        var run = notebook.Command("export", "--to", "app");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<Diagnostic> Errors(string text)
    {
        var options = new CSharpParseOptions(LanguageVersion.CSharp14).WithFeatures([new("FileBasedProgram", "true")]);
        return CSharpCompilation.Create("lesson",
                [CSharpSyntaxTree.ParseText(text, options), CSharpSyntaxTree.ParseText(ImplicitUsings, options)], References)
            .GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error);
    }
}
