using System.Text.Json;
using ResearchKit.Support;

namespace ResearchKit.Architecture;

/// <summary>Lines fit on a screen and on a slide.</summary>
public sealed class WidthTests
{
    private const int SourceColumns = 140;
    private const int CellColumns = 110;

    [Fact]
    public void Source_lines_have_at_most_140_columns() => Assert.Empty(
        from folder in (string[])["src", "tests"]
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        from line in File.ReadLines(file).Select((text, i) => (Text: text, Number: i + 1))
        where line.Text.Length > SourceColumns
        select $"{file}:{line.Number} has {line.Text.Length} columns");

    [Fact]
    public void Cell_lines_have_at_most_110_columns() => Assert.Empty(
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "notebooks"), "*.ipynb", SearchOption.AllDirectories)
        from cell in Cells(file)
        from line in cell.Split('\n')
        where line.Length > CellColumns
        select $"{Path.GetFileName(file)} has a line of {line.Length} columns: {line}");

    private static IEnumerable<string> Cells(string file)
    {
        using var notebook = JsonDocument.Parse(File.ReadAllText(file));
        return [.. notebook.RootElement.GetProperty("cells").EnumerateArray()
            .Where(c => c.GetProperty("cell_type").GetString() == "code")
            .Select(c => string.Concat(c.GetProperty("source").EnumerateArray().Select(s => s.GetString())))];
    }
}
