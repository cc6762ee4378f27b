using ResearchKit.Data.Catalog;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>The numbers of many runs, as <c>researchkit sweep</c> wrote them into a CSV file: a header of column names, one row for each
/// moment of each run.</summary>
public sealed class SweepFile
{
    private readonly Dictionary<string, int> _columns;
    private readonly string[][] _rows;

    private SweepFile(Dictionary<string, int> columns, string[][] rows) => (_columns, _rows) = (columns, rows);

    /// <summary>How many rows.</summary>
    public int Count => _rows.Length;

    /// <summary>The columns, in the file's order.</summary>
    internal IReadOnlyList<string> Columns => [.. _columns.Keys];

    /// <summary>The rows, in the file's order, each by column.</summary>
    internal IEnumerable<IReadOnlyDictionary<string, string>> Rows => _rows.Select(r => _columns.ToDictionary(c => c.Key, c => r[c.Value]));

    /// <summary>Reads a file whose content is known.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sha256">Its SHA-256, 64 hexadecimal digits in lower case: numbers of another sweep are refused.</param>
    /// <exception cref="DataFileException">The file is missing, its SHA-256 is another, or a row has another number of values than the
    /// header.</exception>
    public static SweepFile Read(string path, string sha256)
    {
        if (!File.Exists(path))
        {
            throw new DataFileException(path, "this sweep is missing; restore it with `git checkout -- notebooks/sweeps`.");
        }

        var sum = DataCatalog.Sha256Of(path);
        if (sum != sha256)
        {
            throw new DataFileException(path, $"the SHA-256 is {sum}, not {sha256}: these are the numbers of another sweep. Write its " +
                $"SHA-256 down where you read it, and look at what you say about it.");
        }

        return Read(path);
    }

    /// <summary>Reads a file of any sweep.</summary>
    /// <exception cref="DataFileException">The file is missing, or a row has another number of values than the header.</exception>
    internal static SweepFile Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new DataFileException(path, "there is no such table of a sweep; name its results.csv.");
        }

        var lines = File.ReadAllLines(path).Where(l => l.Length > 0).Select(CsvLine.Split).ToArray();
        return lines is [var header, .. var rows] && Array.TrueForAll(rows, r => r.Length == header.Length)
            && header.Distinct().Count() == header.Length
            ? new SweepFile(header.Index().ToDictionary(c => c.Item, c => c.Index), rows)
            : throw new DataFileException(path, "this is no table: it needs a header of different names, and as many values in each row.");
    }

    /// <summary>A column's numbers in the rows that are asked for, in the file's order; NaN where a cell is empty, as a run's that
    /// diverged, or none.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="where">Columns with the text that they must have; none for all rows.</param>
    /// <exception cref="ArgumentException">There is no such column; the message lists those there are.</exception>
    /// <exception cref="FormatException">A value is no number.</exception>
    public double[] Numbers(string column, params (string Column, object Value)[] where)
    {
        var (wanted, conditions) = (IndexOf(column),
            where.Select(w => (Index: IndexOf(w.Column), Text: Convert.ToString(w.Value, CultureInfo.InvariantCulture))).ToArray());
        return [.. _rows.Where(r => Array.TrueForAll(conditions, c => r[c.Index] == c.Text))
            .Select(r => r[wanted] is "" or "none" ? double.NaN : double.Parse(r[wanted], CultureInfo.InvariantCulture))];
    }

    private int IndexOf(string column) => _columns.TryGetValue(column, out var index)
        ? index
        : throw new ArgumentException($"The sweep has no column '{column}'. It has: {string.Join(", ", _columns.Keys)}.", nameof(column));
}
