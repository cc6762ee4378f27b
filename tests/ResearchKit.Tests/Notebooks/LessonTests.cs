using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Support;

namespace ResearchKit.Tests.Notebooks;

/// <summary>What holds for every lesson in notebooks/.</summary>
[Collection<LessonRow>]
public class LessonTests(LessonTests.Course course) : IClassFixture<LessonTests.Course>
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Lessons =>
        [.. Directory.GetFiles(Folder, "*.ipynb").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    internal static string Folder => Path.Combine(Repository.Root, "notebooks");

    [Theory]
    [MemberData(nameof(Lessons))]
    public void Runs_with_fast_parameters_to_the_solutions_and_gives_the_committed_kinds_of_outputs(string lesson)
    {
        using var folder = new TemporaryFolder();
        var name = Path.GetFileNameWithoutExtension(lesson);
        Assert.DoesNotContain("CheckAgain", File.ReadAllText(course.Folder[lesson]), StringComparison.Ordinal);

        var file = $"{name}-solution.ipynb";
        var run = ProgramRun.ResearchKit(course.Folder.Path, null, "notebook", "check", "--fast", file, "--out", folder["ran"]);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("runs with ", run.Output, StringComparison.Ordinal);
        Assert.Contains("cells agree, 0 differ, 1 never ran before", run.Output, StringComparison.Ordinal);
        var page = File.ReadAllText(folder[$"ran/{name}-solution.html"]);
        Assert.DoesNotContain("<script src", page, StringComparison.Ordinal); // works offline

        var code = Cells(folder[$"ran/{file}"]).Where(c => (string?)c["cell_type"] == "code").ToList();
        var exercises = code.Where(c => Asked(c) > 0).ToList();
        Assert.All(exercises, c => Assert.Contains("✗ not solved yet", c["outputs"]!.ToJsonString(Plain), StringComparison.Ordinal));
        var solved = code[^1]["outputs"]!.ToJsonString(Plain);
        Assert.DoesNotContain("✗", solved, StringComparison.Ordinal);
        Assert.Equal(exercises.Sum(Asked), solved.Split("✓ solved").Length - 1);

        static int Asked(JsonNode cell) =>
            cell["source"]!.AsArray().Count(line => $"{line}".Contains("Exercise.Check(", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Lessons))]
    public void Is_committed_with_the_outputs_of_a_whole_run(string lesson)
    {
        var file = Path.Combine(Folder, lesson);
        var code = Cells(file).Where(c => (string?)c["cell_type"] == "code").ToList();
        Assert.Equal(Enumerable.Range(1, code.Count), code.Select(c => (int)c!["execution_count"]!));
        Assert.DoesNotContain(code, c => c!["metadata"]!["tags"]?.ToJsonString().Contains("injected", StringComparison.Ordinal) == true);
        var outputs = code.SelectMany(c => c!["outputs"]!.AsArray()).ToList();
        Assert.DoesNotContain(outputs, o => (string?)o!["output_type"] == "error");
        var charts = outputs.Where(o => o!["data"]?["application/vnd.plotly.v1+json"] is not null);
        Assert.All(charts, o => Assert.NotNull(o!["data"]!["image/png"]));
        Assert.Contains(outputs, o => o!["data"]?["image/png"] is not null);
        Assert.Contains("Claim.That", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Contains("Exercise.Check", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.True(new FileInfo(file).Length < 1_500_000);
    }

    [Theory]
    [MemberData(nameof(Lessons))]
    public void Is_found_from_the_README_and_from_the_first_lesson(string lesson)
    {
        Assert.Contains($"(notebooks/{lesson})", File.ReadAllText(Path.Combine(Repository.Root, "README.md")), StringComparison.Ordinal);
        var first = Lessons.First().Data;
        var named = File.ReadAllText(Path.Combine(Folder, first)).Contains($"({lesson})", StringComparison.Ordinal);
        Assert.True(lesson == first || named, $"{first} does not name {lesson}");
    }

    internal static IEnumerable<JsonNode> Cells(string file) => JsonNode.Parse(File.ReadAllText(file))!["cells"]!.AsArray().Select(c => c!);

    /// <summary>The course as it is handed out: every lesson, and its solution.</summary>
    public sealed class Course : IDisposable
    {
        /// <summary>Makes it.</summary>
        public Course()
        {
            string[] lessons = [.. Lessons.Select(l => $"notebooks/{l.Data}")];
            var assigned = ProgramRun.ResearchKit(Repository.Root, null, ["notebook", "assign", .. lessons, "--out", Folder.Path]);
            Assert.True(assigned.ExitCode == 0, assigned.Error);
        }

        internal TemporaryFolder Folder { get; } = new();

        /// <inheritdoc/>
        public void Dispose() => Folder.Dispose();
    }
}
