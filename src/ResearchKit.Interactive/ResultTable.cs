using System.Globalization;
using System.Net;
using System.Text;

namespace ResearchKit.Interactive;

/// <summary>A table of numbers: a column for each case, such as a seed, a row for each quantity. It shows itself in a notebook and prints
/// itself as text.</summary>
/// <example><code>
/// ResultTable.Of("seed", [0, 1, 2]).Row("error", errors, "0.000").Row("steps", steps)
/// </code></example>
public sealed class ResultTable
{
    private readonly string _corner;
    private readonly string[] _columns;
    private readonly List<(string Name, string[] Cells)> _rows = [];

    private ResultTable(string corner, string[] columns) => (_corner, _columns) = (corner, columns);

    /// <summary>A table without rows.</summary>
    /// <param name="corner">What the columns are, above the rows' names: "seed", "loss", ...</param>
    /// <param name="columns">Each column's value or name, at least one.</param>
    /// <exception cref="ArgumentException">There is no column.</exception>
    public static ResultTable Of<T>(string corner, IEnumerable<T> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        string[] names = [.. columns.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c}"))];
        return names.Length > 0 ? new(corner, names) : throw new ArgumentException("A table needs at least one column.", nameof(columns));
    }

    /// <summary>Adds a row.</summary>
    /// <param name="name">What is in it, with its unit.</param>
    /// <param name="values">A number for each column; NaN leaves the cell empty.</param>
    /// <param name="format">How a number is written, a .NET format such as <c>0.00</c>, <c>P0</c> or <c>0.0e0</c>.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">There are not as many values as columns.</exception>
    public ResultTable Row(string name, IEnumerable<double> values, string format = "0.###")
    {
        ArgumentNullException.ThrowIfNull(values);
        return Row(name, values.Select(v => double.IsNaN(v) ? "" : Written(v, format)));
    }

    /// <summary>Adds a row of words, or of numbers that are written already.</summary>
    /// <param name="name">What is in it, with its unit.</param>
    /// <param name="values">What stands in each column.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">There are not as many values as columns.</exception>
    public ResultTable Row(string name, IEnumerable<string> values)
    {
        string[] cells = [.. values];
        if (cells.Length != _columns.Length)
        {
            throw new ArgumentException($"The row \"{name}\" has {cells.Length} values for {_columns.Length} columns.", nameof(values));
        }

        _rows.Add((name, cells));
        return this;
    }

    /// <summary>Adds a row for each of many things.</summary>
    /// <param name="things">What the rows are about, in their order.</param>
    /// <param name="name">A row's name.</param>
    /// <param name="values">A row's numbers, one for each column; NaN leaves the cell empty.</param>
    /// <param name="format">As in <see cref="Row(string, IEnumerable{double}, string)"/>.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">A row has not as many values as there are columns.</exception>
    /// <example><code>
    /// ResultTable.Of("run", ["first", "last"]).Rows(runs, r => r.Name, r => [r.Losses[0], r.Losses[^1]], "0.00")
    /// </code></example>
    public ResultTable Rows<T>(IEnumerable<T> things, Func<T, string> name, Func<T, IEnumerable<double>> values, string format = "0.###")
    {
        ArgumentNullException.ThrowIfNull(things);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(values);
        foreach (var thing in things)
        {
            Row(name(thing), values(thing), format);
        }

        return this;
    }

    /// <summary>The table as aligned text.</summary>
    public override string ToString()
    {
        var first = _rows.Select(r => r.Name.Length).Append(_corner.Length).Max();
        int[] widths = [.. _columns.Select((c, i) => _rows.Select(r => r.Cells[i].Length).Append(c.Length).Max())];
        var text = new StringBuilder();
        foreach (var (name, cells) in _rows.Prepend((_corner, _columns)))
        {
            var line = name.PadRight(first) + string.Concat(cells.Select((c, i) => $"  {c.PadLeft(widths[i])}"));
            text.Append(line.TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    // A tiny negative number would be "-0.000", which reads like a sign that matters.
    private static string Written(double value, string format)
    {
        var text = value.ToString(format, CultureInfo.InvariantCulture);
        return text.StartsWith('-') && text.All(c => c is '-' or '0' or '.' or '%' or ' ') ? text[1..] : text;
    }

    internal string ToHtml() =>
        Html(caption: null, leftColumns: 1, [_corner, .. _columns], _rows.Select(r => (string[])[r.Name, .. r.Cells]));

    /// <summary>An HTML table whose first columns are aligned left, the others right.</summary>
    /// <param name="caption">What stands above it, or null.</param>
    /// <param name="leftColumns">How many columns hold words.</param>
    /// <param name="head">The first row.</param>
    /// <param name="rows">The other rows, as wide as the first.</param>
    /// <param name="foot">The last row, in bold, or null.</param>
    internal static string Html(string? caption, int leftColumns, string[] head, IEnumerable<string[]> rows, string[]? foot = null)
    {
        string Line(string tag, string[] cells) => $"<tr>{string.Concat(cells.Select((c, i) =>
            $"<{tag} style=\"text-align:{(i < leftColumns ? "left" : "right")}\">{WebUtility.HtmlEncode(c)}</{tag}>"))}</tr>";
        return $"<table>{(caption is null ? "" : $"<caption>{WebUtility.HtmlEncode(caption)}</caption>")}<thead>{Line("th", head)}</thead>"
            + $"<tbody>{string.Concat(rows.Select(r => Line("td", r)))}{(foot is null ? "" : Line("th", foot))}</tbody></table>";
    }
}
