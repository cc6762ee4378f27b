using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using ResearchKit.Notebooks.Cells;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks.Cells;

/// <summary>The engine in this process, without the host's: what a cell gives, and what is left for the next one.</summary>
public sealed class CellEngineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CellEngine _engine;
    private readonly Recorder _seen = new();

    public CellEngineTests() => _engine = new CellEngine(_folder.Path);

    [Fact]
    public async Task What_a_cell_declares_later_cells_see()
    {
        await Runs(
            "int x = 20;\nrecord Pair(int A, int B);",
            "x++;\nint Twice(int v) => 2 * v;",
            "new Pair(Twice(x), await Task.FromResult(1)).ToString()");
        Assert.Equal(["result Pair { A = 42, B = 1 }"], _seen.Events);
    }

    [Theory]
    [InlineData("1 + 1", "result 2")]
    [InlineData("return 3;", "result 3")]
    [InlineData("string? nothing = null;\nnothing", "result null")]
    [InlineData("int x = 1;\nx++;", null)]
    [InlineData("var x = 1;", null)]
    [InlineData("void Nothing() { }\nNothing()", null)]
    [InlineData("// nothing at all", null)]
    public async Task The_last_expression_is_the_value(string code, string? result)
    {
        Assert.True(await _engine.RunAsync(code, "a", _seen));
        Assert.Equal(result is null ? [] : [result], _seen.Events);
    }

    [Fact]
    public async Task An_error_of_the_compiler_names_the_line_and_leaves_what_was_declared()
    {
        await Runs("int x = 5;");
        Assert.False(await _engine.RunAsync("x = 6;\nint y = \"text\";", "b", _seen));
        Assert.Equal(("CompilationError", 2), (_seen.Failure!.Name, _seen.Failure.Line));
        Assert.StartsWith("line 2: CS0029", _seen.Failure.Message, StringComparison.Ordinal);
        await Runs("x"); // nothing of the cell ran
        Assert.Equal("result 5", _seen.Events[^1]);
    }

    [Fact]
    public async Task An_exception_names_cell_and_line_and_leaves_what_ran_before_it()
    {
        await Runs("int x = 5;\nvoid Fail(int v)\n{\n    throw new InvalidOperationException($\"no {v}\");\n}");
        Assert.False(await _engine.RunAsync("x = 6;\n\nFail(x);\nx = 7;", "second", _seen));
        Assert.Equal(("InvalidOperationException", "no 6", 3), (_seen.Failure!.Name, _seen.Failure.Message, _seen.Failure.Line));
        Assert.Contains(_seen.Failure.Trace!, line => line.EndsWith("in cell cell, line 4", StringComparison.Ordinal));
        Assert.Contains(_seen.Failure.Trace!, line => line.EndsWith("in cell second, line 3", StringComparison.Ordinal));
        await Runs("x");
        Assert.Equal("result 6", _seen.Events[^1]);
    }

    [Theory]
    [InlineData("int x = 1;\n#!fsharp", 2, "`#!fsharp`")]
    [InlineData("#!import other.ipynb", 1, "`#!import` is a command of .NET Interactive")]
    [InlineData("#i \"nuget: ../somewhere\"", 1, "names no package source: write #i \"nuget: SOURCE\" with the full path")]
    [InlineData("\n\n#r \"nuget: Nobody.Has.This, 1.0\"", 3, "cannot be had (NU1100: Unable to resolve 'Nobody.Has.This")]
    public async Task A_directive_that_cannot_be_followed_is_an_error_of_its_line(string code, int line, string message)
    {
        OnlyFolders();
        Assert.False(await _engine.RunAsync(code, "a", _seen));
        Assert.Equal(("Directive", line), (_seen.Failure!.Name, _seen.Failure.Line));
        Assert.Contains(message, _seen.Failure.Message, StringComparison.Ordinal);
        Assert.False(await _engine.RunAsync("x", "b", _seen));
        Assert.Equal("CompilationError", _seen.Failure!.Name); // nothing of the cell ran
    }

    [Fact]
    public async Task A_package_comes_from_a_folder_that_a_cell_names()
    {
        OnlyFolders();
        var name = "Tiny" + Guid.NewGuid().ToString("N"); // another each time: NuGet keeps what it once got
        using (var stream = File.Create(_folder[name + ".1.0.0.nupkg"]))
        using (var package = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            using (var text = new StreamWriter(package.CreateEntry(name + ".nuspec").Open()))
            {
                text.Write($"<package><metadata><id>{name}</id><version>1.0.0</version><authors>a</authors>"
                    + "<description>d</description></metadata></package>");
            }

            using var library = package.CreateEntry($"lib/net10.0/{name}.dll").Open();
            var compiled = CSharpCompilation.Create(name,
                [CSharpSyntaxTree.ParseText($"namespace {name}; public static class Answer {{ public static int Of(int x) => 2 * x; }}",
                    cancellationToken: TestContext.Current.CancellationToken)],
                [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)],
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary))
                .Emit(library, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(compiled.Success, string.Join('\n', compiled.Diagnostics));
        }

        await Runs($"#i \"nuget: {_folder.Path}\"\n#r \"nuget: {name}\"\nusing {name};\nint four = Answer.Of(2);", "Answer.Of(four)");
        Assert.Equal([$"stdout {name} 1.0.0 is referenced.\n", "result 8"], _seen.Events);
    }

    [Fact]
    public async Task A_directive_keeps_the_numbers_of_the_lines_below_it()
    {
        Assert.False(await _engine.RunAsync("#!csharp\n\nint y = \"text\";", "a", _seen));
        Assert.Equal(3, _seen.Failure!.Line);
    }

    [Fact]
    public async Task What_is_shown_can_be_shown_anew_by_a_later_cell()
    {
        await Runs("var shown = display(\"one\", \"text/plain\");", "shown.Update(\"two\");", "var b = display(HTML(\"<b>b</b>\"));");
        Assert.Equal(["display one", "update two", "display <b>b</b>"], _seen.Events);
        Assert.Equal(_seen.Ids[0], _seen.Ids[1]);
        Assert.NotEqual(_seen.Ids[0], _seen.Ids[2]);
    }

    [Fact]
    public async Task What_a_value_throws_while_it_is_shown_is_the_cells_error()
    {
        await Runs("class Mute { public override string ToString() => throw new InvalidOperationException(\"no words\"); }\nint x = 5;");
        Assert.False(await _engine.RunAsync("display(new Mute(), \"text/plain\");", "b", _seen));
        Assert.Contains("no words", _seen.Failure!.Message, StringComparison.Ordinal);
        await Runs("x");
        Assert.Equal("result 5", _seen.Events[^1]);
    }

    [Fact]
    public async Task Code_is_loaded_from_the_notebooks_folder()
    {
        File.WriteAllText(_folder["helper.csx"], "int Twice(int x) => 2 * x;");
        await Runs("#load \"helper.csx\"\nTwice(4)");
        Assert.Equal(["result 8"], _seen.Events);
        Assert.False(await _engine.RunAsync("#load \"absent.csx\"", "b", _seen));
        Assert.Contains("absent.csx", _seen.Failure!.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    // NuGet then asks no server, and leaves nothing in the user's folder.
    private void OnlyFolders() => File.WriteAllText(_folder["nuget.config"], "<configuration><packageSources><clear/></packageSources>"
        + "<config><add key=\"globalPackagesFolder\" value=\"got\"/></config></configuration>");

    private async Task Runs(params string[] cells)
    {
        foreach (var code in cells)
        {
            Assert.True(await _engine.RunAsync(code, "cell", _seen), _seen.Failure?.Message);
        }
    }

    private sealed class Recorder : ICellOutput
    {
        public List<string> Events { get; } = [];

        public List<string> Ids { get; } = [];

        public CellError? Failure { get; private set; }

        public void Stream(string name, string text) => Events.Add($"{name} {text}");

        public void Display(JsonObject data, string displayId) => Add("display", data, displayId);

        public void Update(JsonObject data, string displayId) => Add("update", data, displayId);

        public void Result(JsonObject data) => Events.Add($"result {Text(data)}");

        public void Error(CellError error) => Failure = error;

        private void Add(string kind, JsonObject data, string displayId)
        {
            Events.Add($"{kind} {Text(data)}");
            Ids.Add(displayId);
        }

        private static string? Text(JsonObject data) => (string?)(data["text/plain"] ?? data["text/html"]);
    }
}
