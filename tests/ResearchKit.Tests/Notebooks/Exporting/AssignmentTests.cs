using System.Text.Json.Nodes;
using ResearchKit.Notebooks.Exporting;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks.Exporting;

[Collection<NotebookPrograms>]
public sealed class AssignmentTests
{
    [Fact]
    public void Students_get_a_check_that_hints_and_no_solution()
    {
        using var lesson = Lesson();
        Assert.Equal(0, lesson.Command("assign").ExitCode);
        var student = File.ReadAllText(Path.Combine(lesson.Folder, "out", "tiny.ipynb"));
        Assert.DoesNotContain("6 * 7", student, StringComparison.Ordinal);
        Assert.DoesNotContain("CheckAgain", student, StringComparison.Ordinal);
        Assert.Contains("✗ not solved yet: it is the answer. Hint: multiply", Ran("tiny.ipynb", lesson), StringComparison.Ordinal);
        var solved = Ran("tiny-solution.ipynb", lesson);
        Assert.Contains("✗ not solved yet", solved, StringComparison.Ordinal); // before the solution's cell
        Assert.Contains("✓ solved: it is the answer.", solved, StringComparison.Ordinal);
    }

    [Fact]
    public void Solutions_may_stand_apart_and_all_exercises_are_asked_again()
    {
        var kit = Path.Combine(Repository.Root, "artifacts", "kit", "ResearchKit.Interactive.dll");
        using var lesson = new TinyNotebook().Write(
            $"#r \"{kit}\"\nusing ResearchKit.Interactive;",
            "int answer = 0, other = 0;",
            "Exercise.Check(() => answer == 42, \"first\", \"a\");\nExercise.Check(() => other == 5, \"second\", \"b\");");
        using var solutions = new TinyNotebook().Write("(answer, other) = (6 * 7, 5);\nExercise.CheckAgain()");
        Directory.CreateDirectory(Path.Combine(lesson.Folder, "solutions"));
        File.Copy(solutions.File, Path.Combine(lesson.Folder, "solutions", "tiny.ipynb"));
        Assert.Equal(0, lesson.Command("assign").ExitCode);
        Assert.DoesNotContain("6 * 7", File.ReadAllText(Path.Combine(lesson.Folder, "out", "tiny.ipynb")), StringComparison.Ordinal);
        var ran = Ran("tiny-solution.ipynb", lesson);
        Assert.Contains("\"a-solution\"", ran, StringComparison.Ordinal); // the lesson has a cell a
        Assert.Contains("✓ solved: first.", ran, StringComparison.Ordinal);
        Assert.Contains("✓ solved: second.", ran, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_a_lesson_names_go_along()
    {
        using var lesson = Lesson();
        Directory.CreateDirectory(Path.Combine(lesson.Folder, "tables"));
        File.WriteAllText(Path.Combine(lesson.Folder, "tables", "a.csv"), "1");
        File.WriteAllText(Path.Combine(lesson.Folder, "b.png"), "2");
        lesson.Edit(root => root["cells"]!.AsArray().Add(new JsonObject
        {
            ["cell_type"] = "markdown", ["id"] = "text", ["metadata"] = new JsonObject(), ["source"] = "![b](b.png), ![c](none.png)",
        }));
        Assert.Equal(0, lesson.Command("assign").ExitCode);
        Assert.Equal("1", File.ReadAllText(Path.Combine(lesson.Folder, "out", "tables", "a.csv")));
        Assert.Equal("2", File.ReadAllText(Path.Combine(lesson.Folder, "out", "b.png")));
    }

    [Fact]
    public void A_library_is_found_from_the_new_folder()
    {
        Assert.Equal("#r \"../../artifacts/kit/A.dll\"\nvar x = \"../artifacts/kit/A.dll\";",
            LibraryPaths.Moved("#r \"../artifacts/kit/A.dll\"\nvar x = \"../artifacts/kit/A.dll\";", "/c/notebooks", "/c/course/one"));
        Assert.Equal("#r \"nuget: A, 1.0\"", LibraryPaths.Moved("#r \"nuget: A, 1.0\"", "/c/notebooks", "/c/course"));
    }

    [Fact]
    public async Task Slides_show_pictures_and_claims_and_keep_code_for_the_speaker()
    {
        using var folder = new TemporaryFolder();
        var run = ProgramRun.ResearchKit(Repository.Root, null, "notebook", "assign", "notebooks/05-stability.ipynb", "--out", folder.Path);
        Assert.True(run.ExitCode == 0, run.Error);
        await Browser.InPageAsync(folder["05-stability-slides.html"], async page =>
        {
            Assert.StartsWith("Stability:", await page.InnerTextAsync(".slide.now h1"), StringComparison.Ordinal);
            await page.Keyboard.PressAsync("ArrowRight");
            Assert.StartsWith("2 / ", await page.InnerTextAsync(".number"), StringComparison.Ordinal);
            await page.Keyboard.PressAsync("ArrowLeft");
            await page.Keyboard.PressAsync("End");
            var number = (await page.InnerTextAsync(".number")).Split(' ');
            Assert.Equal(number[2], number[0]);
            Assert.True(await page.Locator(".claims p").CountAsync() > 10);
            Assert.True(await page.Locator(".slide .table td").CountAsync() > 20);
            Assert.Equal(0, await page.Locator(".slide .k").CountAsync()); // no code
            Assert.True(await page.Locator(".notes .k").CountAsync() > 10);
            Assert.False(await page.Locator(".slide.now + .notes").IsVisibleAsync());
            await page.Keyboard.PressAsync("n");
            Assert.True(await page.Locator(".slide.now + .notes").IsVisibleAsync());
        });
    }

    private static TinyNotebook Lesson()
    {
        var kit = Path.Combine(Repository.Root, "artifacts", "kit", "ResearchKit.Interactive.dll");
        return new TinyNotebook().Write(
            $"#r \"{kit}\"\nusing ResearchKit.Interactive;",
            "var file = \"tables/a.csv\";",
            "int answer = 0; // your answer\nExercise.Check(() => answer == 42, \"it is the answer\", \"multiply\");",
            "tag:solution\nanswer = 6 * 7;\nExercise.CheckAgain();");
    }

    private static string Ran(string file, TinyNotebook lesson)
    {
        var run = ProgramRun.ResearchKit(Path.Combine(lesson.Folder, "out"), null, "notebook", "run", file, "--out", "ran");
        Assert.True(run.ExitCode == 0, run.Error);
        return File.ReadAllText(Path.Combine(lesson.Folder, "out", "ran", file));
    }
}
