using System.Diagnostics;
using System.Globalization;

namespace ResearchKit.Benchmarks;

/// <summary>A sweep's CSV file, written run by run. Runs that it has already are not computed again, so that a sweep can be stopped and resumed.</summary>
internal sealed class SweepTable
{
    private readonly string _file;
    private readonly string _header;
    private readonly Comparison<string> _order;
    private readonly List<string> _rows;

    /// <summary>Opens the file, or begins it.</summary>
    /// <param name="file">The file; its folder is made.</param>
    /// <param name="header">The names of the columns.</param>
    /// <param name="order">How rows are sorted, whatever the order in which they were computed; equal rows keep theirs.</param>
    public SweepTable(string file, string header, Comparison<string> order)
    {
        (_file, _header, _order) = (file, header, order);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        _rows = File.Exists(file) ? [.. File.ReadAllLines(file).Skip(1)] : [];
    }

    /// <summary>Adds the rows of a run, unless they are there.</summary>
    /// <param name="key">What the run's rows begin with, and no other's.</param>
    /// <param name="compute">The rows' ends, in the order of their moments.</param>
    public void Add(string key, Func<IEnumerable<string>> compute)
    {
        if (_rows.Exists(r => r.StartsWith(key, StringComparison.Ordinal)))
        {
            return;
        }

        var watch = Stopwatch.StartNew();
        _rows.AddRange(compute().Select(r => key + r));
        File.WriteAllText(_file, string.Join('\n', _rows.Order(Comparer<string>.Create(_order)).Prepend(_header)) + "\n");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_rows[^1]}  ({watch.Elapsed.TotalSeconds:0} s)"));
    }
}
