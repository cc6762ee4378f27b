using System.Globalization;
using ResearchKit.Data.Catalog;

namespace ResearchKit.Cli;

/// <summary>How much of a file has come, as one line on a terminal that is written over and gone at the end.</summary>
internal sealed class FetchProgress : IDisposable
{
    private int _shown;

    public void Show(CatalogFile file, long bytes)
    {
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{file.Name}: {100 * bytes / Math.Max(1, file.Bytes),3} % of {file.Bytes / 1e6:0.0} MB");
        Console.Error.Write("\r" + line.PadRight(_shown));
        _shown = line.Length;
    }

    /// <summary>Clears the line, so that a message stands alone.</summary>
    public void Clear()
    {
        if (_shown > 0)
        {
            Console.Error.Write("\r" + new string(' ', _shown) + "\r");
            _shown = 0;
        }
    }

    public void Dispose() => Clear();
}
