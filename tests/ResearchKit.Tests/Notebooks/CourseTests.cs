using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ResearchKit.Tests.Notebooks;

/// <summary>What holds for the lessons as one course: notebooks/README.md and notebooks/terms.csv.</summary>
public partial class CourseTests
{
    private static readonly string[] Announcing = ["title", "next"]; // say what comes; nobody needs to understand it yet

    public static TheoryData<string> Lessons => LessonTests.Lessons;

    public static TheoryData<string, string, string> Terms =>
        [.. Table().Select(row => new TheoryDataRow<string, string, string>(row[0], row[1], row[2]))];

    [Theory]
    [MemberData(nameof(Lessons))]
    public void Says_honestly_how_long_it_takes(string lesson)
    {
        var cells = LessonTests.Cells(Path.Combine(LessonTests.Folder, lesson)).ToList();
        var words = cells.Where(c => !IsCode(c)).Sum(c => Word().Count(Source(c)));
        var lines = cells.Where(IsCode).SelectMany(c => Source(c).Split('\n')).Count(IsRead);
        var minutes = 5 * (int)Math.Ceiling(((words / 200.0) + (lines / 6.0)) / 5);
        Assert.Contains($" {minutes} minutes to read and run.", Source(cells[0]), StringComparison.Ordinal);
        var course = File.ReadAllLines(Path.Combine(LessonTests.Folder, "README.md")).Single(l => l.Contains($"]({lesson})") && l[0] == '|');
        Assert.Contains($" | {minutes} | ", course, StringComparison.Ordinal);
        var map = Source(LessonTests.Cells(Path.Combine(LessonTests.Folder, "00-start-here.ipynb")).Single(c => (string?)c["id"] == "next"));
        Assert.Contains($" | {minutes} |", map.Split('\n').Single(l => l.Contains(lesson[..2] == "00" ? "| 00, " : $"]({lesson})")),
            StringComparison.Ordinal);

        static bool IsRead(string line) =>
            line.Trim().Length > 0 && !line.StartsWith("#r ", StringComparison.Ordinal) && !line.StartsWith("using ", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Terms))]
    public void A_term_is_explained_where_it_is_first_used(string term, string lesson, string cell)
    {
        var pattern = new Regex($@"\b{Regex.Escape(term)}(s|es)?\b", RegexOptions.IgnoreCase);
        var first = Lessons.Select(l => l.Data)
            .SelectMany(file => LessonTests.Cells(Path.Combine(LessonTests.Folder, file)).Select(c => (Lesson: file[..2], Cell: c)))
            .Where(c => !Announcing.Contains((string)c.Cell["id"]!))
            .First(c => pattern.IsMatch(IsCode(c.Cell) ? Comments(c.Cell) : Picture().Replace(Source(c.Cell), "")));
        Assert.Equal((lesson, cell), (first.Lesson, (string)first.Cell["id"]!));
    }

    [Fact]
    public void Each_term_has_a_Chinese_name_and_stands_once()
    {
        var rows = Table();
        Assert.All(rows, row => Assert.Equal(4, row.Length));
        Assert.All(rows, row => Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", row[3]));
        Assert.Equal(rows.Count, rows.Select(r => r[0]).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    private static List<string[]> Table() =>
        [.. File.ReadAllLines(Path.Combine(LessonTests.Folder, "terms.csv")).Skip(1).Select(l => l.Split(','))];

    private static bool IsCode(JsonNode cell) => (string?)cell["cell_type"] == "code";

    private static string Source(JsonNode cell) => string.Concat(cell["source"]!.AsArray().Select(l => (string?)l));

    private static string Comments(JsonNode cell) =>
        string.Join('\n', Source(cell).Split('\n').Where(l => l.Contains("//")).Select(l => l[l.IndexOf("//", StringComparison.Ordinal)..]));

    [GeneratedRegex(@"\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"!\[[^\]]*\]\([^)]*\)")]
    private static partial Regex Picture();
}
