using System.Text.Json.Nodes;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

[Collection<NotebookPrograms>]
public class NotebookRunTests
{
    [Fact]
    public void Cells_share_state_await_display_and_give_their_last_value()
    {
        using var notebook = new TinyNotebook().Write(
            "int x = 20;\nstatic int Twice(int v) => 2 * v;\nConsole.WriteLine(\"hello\"); Console.Error.WriteLine(\"careful\");",
            "await Task.Delay(1);\nTwice(x) + 2",
            "x = 1;",
            "\"<b>bold</b>\".DisplayAs(\"text/html\"); display(\"<u>\", \"text/html\");\n"
                + "var shown = display(1); shown.Update(2); HTML(\"<i>i</i>\")",
            "string? nothing = null;\nnothing",
            "Console.Write(x)");
        var run = notebook.Run();
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("hello\n", (string?)notebook.Outputs("a")[0]!["text"]![0]);
        Assert.Equal("stderr", (string?)notebook.Outputs("a")[1]!["name"]);
        Assert.Equal("42", notebook.Text("b"));
        Assert.Empty(notebook.Outputs("c"));
        Assert.Equal("<b>bold</b>", (string?)notebook.Outputs("d")[0]!["data"]!["text/html"]![0]);
        Assert.Contains("&lt;u&gt;", string.Concat(notebook.Outputs("d")[1]!["data"]!["text/html"]!.AsArray()), StringComparison.Ordinal);
        Assert.Contains("2", notebook.Outputs("d")[2]!["data"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("<i>i</i>", (string?)notebook.Outputs("d")[3]!["data"]!["text/html"]![0]);
        Assert.Equal("null", notebook.Text("e"));
        Assert.Equal("1", notebook.Text("f"));
        Assert.Contains("hello", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compile_error_names_cell_line_and_error_and_keeps_what_ran()
    {
        using var notebook = new TinyNotebook().Write("1 + 1", "var a = 1;\nint b = \"text\";", "3");
        var run = notebook.Run();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("tiny.ipynb: cell b, line 2: CompilationError: line 2: CS0029", run.Error, StringComparison.Ordinal);
        Assert.Equal("2", notebook.Text("a"));
        Assert.Equal("error", (string?)notebook.Outputs("b")[0]!["output_type"]);
        Assert.Empty(notebook.Outputs("c"));
        Assert.Contains("CS0029", notebook.Html(), StringComparison.Ordinal);
    }

    [Fact]
    public void Using_var_at_the_top_gets_a_hint()
    {
        using var notebook = new TinyNotebook().Write("using var s = new System.IO.MemoryStream();");
        Assert.Contains("not allowed at the top of a cell", notebook.Run().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_names_cell_line_and_message()
    {
        using var notebook = new TinyNotebook().Write(
            "void Fail(int x)\n{\n    throw new InvalidOperationException(\"the answer is \" + x);\n}",
            "Console.WriteLine(\"before\");\n\nFail(42);");
        var run = notebook.Run();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("cell b, line 3: InvalidOperationException: the answer is 42", run.Error, StringComparison.Ordinal);
        Assert.Equal("before\n", notebook.Text("b"));
        var trace = notebook.Outputs("b")[1]!["traceback"]!.ToJsonString().Replace("\\u0027", "'", StringComparison.Ordinal);
        Assert.Contains("in cell a, line 3", trace, StringComparison.Ordinal);
        Assert.Contains("at the cell's own code in cell b, line 3", trace, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.CodeAnalysis", trace, StringComparison.Ordinal);
        Assert.DoesNotContain(notebook.Folder, trace, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_loop_is_ended_at_the_timeout()
    {
        using var notebook = new TinyNotebook().Write("1", "Console.WriteLine(\"in\");\nwhile (true) { }");
        var (seconds, run) = (1, default(ProgramRun));
        do
        {
            seconds *= 2; // how long the compiler takes in the first cell is the machine's affair
            run = notebook.Run("--timeout", $"{seconds}");
        }
        while (seconds < 200 && notebook.Text("b") != "in\n");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"cell b: Timeout: the cell ran longer than {seconds} s", run.Error, StringComparison.Ordinal);
        Assert.Equal("in\n", notebook.Text("b"));
        Assert.Equal("1", notebook.Text("a"));
    }

    [Fact]
    public void A_crash_of_the_process_keeps_what_ran()
    {
        using var notebook = new TinyNotebook().Write("1", "Environment.Exit(3);");
        var run = notebook.Run();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("exit code 3", run.Error, StringComparison.Ordinal);
        Assert.Equal("1", notebook.Text("a"));
    }

    [Fact]
    public void A_package_that_the_kit_brings_is_answered_with_it()
    {
        var kit = Path.Combine(Repository.Root, "artifacts", "kit", "ResearchKit.Interactive.dll").Replace('\\', '/');
        using var notebook = new TinyNotebook().Write(
            $"#!csharp\n#r \"{kit}\"", "#r \"nuget: TorchSharp, 0.107.0\"");
        Assert.Equal(0, notebook.Run().ExitCode);
        Assert.Equal("TorchSharp 0.107.0 comes with the kit.\n", notebook.Text("b"));
    }

    [Fact]
    public void Parameters_from_the_command_line_replace_values_by_type()
    {
        using var notebook = new TinyNotebook().Write(
            "tag:parameters\nint steps = 10; double rate = 0.5; float half = 1;\nvar name = \"ring\"; var fast = false;",
            "$\"{steps} {rate} {half} {name} {fast}\"");
        var run = notebook.Run("-p", "steps=3", "-p", "half=0.5", "-p", "rate=-1e-3", "-p", "name=a \"b\"=c", "-p", "fast=true");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("3 -0.001 0.5 a \"b\"=c True", notebook.Text("b"));
        Assert.Equal("injected-parameters", (string?)notebook.Cells()[1]!["id"]);
    }

    [Fact]
    public void A_parameter_that_does_not_fit_is_refused_before_anything_runs()
    {
        using var notebook = new TinyNotebook().Write("tag:parameters\nint steps = 10;");
        var run = notebook.Run("-p", "steps=many");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'many' is not a value for 'steps', which is of type int", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(notebook.Folder, "out")));
    }

    [Fact]
    public void A_cell_tagged_raises_exception_may_fail()
    {
        using var notebook = new TinyNotebook().Write("tag:raises-exception\nthrow new Exception(\"on purpose\");", "2");
        Assert.Equal(0, notebook.Run().ExitCode);
        Assert.Equal("2", notebook.Text("b"));
    }

    [Fact]
    public void What_a_cell_throws_while_it_is_shown_is_its_error_and_its_variables_stay()
    {
        using var notebook = new TinyNotebook().Write(
            "class Mute { public override string ToString() => throw new InvalidOperationException(\"no words\"); }\nint x = 5;",
            "tag:raises-exception\ndisplay(new Mute(), \"text/plain\");",
            "x");
        var run = notebook.Run();
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("no words", notebook.Outputs("b").ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("5", notebook.Outputs("c").ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Code_can_be_loaded_from_a_file_and_give_a_value()
    {
        using var notebook = new TinyNotebook().Write("#load \"helper.csx\"\nTwice(4)");
        File.WriteAllText(Path.Combine(notebook.Folder, "helper.csx"), "int Twice(int x) => 2 * x;");
        var run = notebook.Run();
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("8", notebook.Text("a"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_cell_can_replace_what_an_earlier_one_shows()
    {
        using var notebook = new TinyNotebook().Write("var shown = display(\"before\", \"text/plain\");", "shown.Update(\"after\");");
        Assert.Equal(0, notebook.Run().ExitCode);
        Assert.Equal("after", notebook.Text("a"));
    }

    [Fact]
    public void What_native_code_prints_stays_with_its_cell()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "prints with libc's write");
        using var notebook = new TinyNotebook().Write(
            "using System.Runtime.InteropServices;\n"
                + "static class Libc { [DllImport(\"libc\")] public static extern nint write(int file, byte[] text, nint count); }",
            "Libc.write(2, \"native\\n\"u8.ToArray(), 7);",
            "Console.WriteLine(\"managed\");");
        Assert.Equal(0, notebook.Run().ExitCode);
        Assert.Equal("native\n", notebook.Text("b"));
        Assert.Equal("managed\n", notebook.Text("c"));
    }

    [Theory]
    [InlineData("--timeout", "0")]
    [InlineData("--memory", "0")]
    [InlineData("--no-such-option", "1")]
    public void A_wrong_argument_is_not_taken_for_a_failed_cell(string name, string value)
    {
        using var notebook = new TinyNotebook().Write("1");
        Assert.Equal(2, notebook.Run(name, value).ExitCode);
    }

    [Fact]
    public void A_missing_file_is_one_sentence()
    {
        using var notebook = new TinyNotebook();
        var run = notebook.Run();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("tiny.ipynb: no such file", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_lines_arrive_whole()
    {
        using var notebook = new TinyNotebook().Write("for (var i = 0; i < 20000; i++) Console.WriteLine(i);");
        Assert.Equal(0, notebook.Run().ExitCode);
        var lines = notebook.Text("a").TrimEnd('\n').Split('\n');
        Assert.Equal(Enumerable.Range(0, 20000).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), lines);
    }

    [Fact]
    public void What_is_written_is_canonical_nbformat()
    {
        using var notebook = new TinyNotebook().Write("Console.WriteLine(\"größer\");");
        notebook.Run();
        var file = Path.Combine(notebook.Folder, "out", "tiny.ipynb");
        var first = File.ReadAllText(file);
        Assert.Contains("größer", first, StringComparison.Ordinal);
        Assert.EndsWith("}\n", first, StringComparison.Ordinal);
        var root = JsonNode.Parse(first)!;
        Assert.Equal(".net-csharp", (string?)root["metadata"]!["kernelspec"]!["name"]);
        Assert.Equal("csharp", (string?)root["cells"]![0]!["metadata"]!["polyglot_notebook"]!["kernelName"]);
        notebook.Run();
        Assert.Equal(first, File.ReadAllText(file));
    }
}
