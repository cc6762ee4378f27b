using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ResearchKit.Tests.Notebooks;

/// <summary>What holds for the lessons as one course: notebooks/README.md and notebooks/terms.csv.</summary>
public partial class CourseTests
{
    private static readonly string[] Announcing = ["title", "next", "references"]; // name what nobody needs to understand yet

    public static TheoryData<string> Lessons => LessonTests.Lessons;

    public static TheoryData<string> Chinese =>
        [.. Directory.GetFiles(InFolder("zh"), "*.ipynb").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string, string, string> Terms =>
        [.. Table().Select(row => new TheoryDataRow<string, string, string>(row[0], row[1], row[2]))];

    [Theory]
    [MemberData(nameof(Lessons))]
    public void Says_honestly_how_long_it_takes(string lesson)
    {
        var cells = LessonTests.Cells(InFolder(lesson)).ToList();
        var words = cells.Where(c => !IsCode(c)).Sum(c => Word().Count(Source(c)));
        var lines = cells.Where(IsCode).SelectMany(c => Source(c).Split('\n')).Count(IsRead);
        var minutes = 5 * (int)Math.Ceiling(((words / 200.0) + (lines / 6.0)) / 5);
        Assert.Contains($" {minutes} minutes to read and run.", Source(cells[0]), StringComparison.Ordinal);
        var course = File.ReadAllLines(InFolder("README.md")).Single(l => l.Contains($"]({lesson})") && l[0] == '|');
        Assert.Contains($" | {minutes} | ", course, StringComparison.Ordinal);
        var map = Source(LessonTests.Cells(InFolder("00-start-here.ipynb")).Single(c => (string?)c["id"] == "next"));
        Assert.Contains($" | {minutes} |", map.Split('\n').Single(l => l.Contains(lesson[..2] == "00" ? "| 00, " : $"]({lesson})")),
            StringComparison.Ordinal);

        static bool IsRead(string line) => line.Trim().Length > 0 && !Loading().IsMatch(line);
    }

    [Theory]
    [MemberData(nameof(Terms))]
    public void A_term_is_explained_where_it_is_first_used(string term, string lesson, string cell)
    {
        var pattern = new Regex($@"\b{Regex.Escape(term)}(s|es)?\b", RegexOptions.IgnoreCase);
        var first = Lessons.Select(l => l.Data)
            .SelectMany(file => LessonTests.Cells(InFolder(file)).Select(c => (Lesson: file[..2], Cell: c)))
            .Where(c => !Announcing.Contains((string)c.Cell["id"]!))
            .First(c => pattern.IsMatch(IsCode(c.Cell) ? Comments(c.Cell) : Picture().Replace(Source(c.Cell), "")));
        Assert.Equal((lesson, cell), (first.Lesson, (string)first.Cell["id"]!));
        Assert.Contains(Emphasis().Matches(Source(first.Cell)), m => pattern.IsMatch(m.Value)); // set off where it is explained
    }

    [Theory]
    [MemberData(nameof(Chinese))]
    public void A_Chinese_lesson_has_the_cells_of_the_English_one_and_was_run(string lesson)
    {
        var chinese = LessonTests.Cells(Path.Combine(InFolder("zh"), lesson)).ToList();
        var english = LessonTests.Cells(InFolder(lesson)).ToList();
        Assert.Equal(english.Select(c => (string?)c["id"]), chinese.Select(c => (string?)c["id"]));
        foreach (var (there, here) in english.Zip(chinese))
        {
            var follows = IsCode(here) ? Code(here) == Code(there) && WordsFollow(here, there) : Han().IsMatch(Source(here));
            Assert.True(follows, $"{lesson}, cell {here["id"]}:\n{Source(here)}");
        }

        Assert.All(chinese.Where(c => IsCode(c) && Source(c).Contains("Claim.That")),
            c => Assert.Contains(c["outputs"]!.AsArray().SelectMany(o => o!["text"]?.AsArray() ?? []), l => ((string)l!)[0] == '✓'));

        Assert.DoesNotContain(chinese.Where(IsCode).SelectMany(c => c["outputs"]!.AsArray()), o => (string?)o!["output_type"] == "error");

        // A text that was not translated, such as the name of a data set, is the English one; one may be left out.
        static bool WordsFollow(JsonNode here, JsonNode there)
        {
            var (chinese, english) = (Words().Matches(Source(here)), Words().Matches(Source(there)));
            return chinese.Count == english.Count && chinese.Zip(english).All(pair => Han().IsMatch(pair.First.Value)
                || !Letter().IsMatch(Values().Replace(pair.First.Value, "")) || pair.First.Value == pair.Second.Value);
        }

        static string Code(JsonNode cell) =>
            Words().Replace(Source(cell), "").Replace("../../artifacts", "../artifacts", StringComparison.Ordinal);
    }

    [Fact]
    public void Each_term_has_a_Chinese_name_and_stands_once()
    {
        var rows = Table();
        Assert.All(rows, row => Assert.Equal(4, row.Length));
        Assert.All(rows, row => Assert.Matches(Han(), row[3]));
        Assert.Equal(rows.Count, rows.Select(r => r[0]).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    private static List<string[]> Table() =>
        [.. File.ReadAllLines(InFolder("terms.csv")).Skip(1).Select(l => l.Split(','))];

    private static bool IsCode(JsonNode cell) => (string?)cell["cell_type"] == "code";

    private static string Source(JsonNode cell) => string.Concat(cell["source"]!.AsArray().Select(l => (string?)l));

    private static string Comments(JsonNode cell) => string.Join('\n', Comment().Matches(Source(cell)).Select(m => m.Value));

    private static string InFolder(string name) => Path.Combine(LessonTests.Folder, name);

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\*\*[^*\n]+\*\*")]
    private static partial Regex Emphasis();

    [GeneratedRegex("^(#r|using) ")]
    private static partial Regex Loading();

    // What a translation may change: comments, and text in quotes.
    [GeneratedRegex(@"//.*|(?<!#r )""[^""\n]*""")]
    private static partial Regex Words();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Values();

    [GeneratedRegex(@"\p{L}")]
    private static partial Regex Letter();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Han();

    [GeneratedRegex(@"\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"!\[[^\]]*\]\([^)]*\)")]
    private static partial Regex Picture();
}
