using System.Text;

namespace ResearchKit.Metrics;

/// <summary>A table of plain text.</summary>
internal static class TextTable
{
    /// <summary>Lays a table out, without the columns that hold nothing.</summary>
    /// <param name="heads">The columns' names.</param>
    /// <param name="rows">As many cells each.</param>
    /// <param name="leftAligned">Columns of words; numbers stand at the right.</param>
    /// <returns>Lines that each end with a line feed.</returns>
    public static string Of(string[] heads, IReadOnlyList<string[]> rows, params int[] leftAligned)
    {
        int[] columns = [.. Enumerable.Range(0, heads.Length).Where(c => rows.Any(r => r[c].Length > 0))];
        var widths = columns.Select(c => Math.Max(heads[c].Length, rows.Max(r => r[c].Length))).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows.Prepend(heads))
        {
            var cells = columns.Select((c, i) => leftAligned.Contains(c) ? row[c].PadRight(widths[i]) : row[c].PadLeft(widths[i]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
