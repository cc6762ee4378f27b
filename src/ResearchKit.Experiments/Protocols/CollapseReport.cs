using System.Text;
using ResearchKit.Experiments.Sweeps;
using ResearchKit.Files;

namespace ResearchKit.Experiments.Protocols;

/// <summary>What a protocol's sweep leaves for readers.</summary>
public static class CollapseReport
{
    /// <summary>Writes <c>results.csv</c> and <c>results.md</c> (every sweep's), <c>table.md</c> (<see cref="CollapseTable"/>),
    /// <c>manifest.json</c> (seeds, options, machine) and <c>report.html</c> (one page with samples and histograms).</summary>
    /// <param name="results">What was gathered.</param>
    /// <param name="folder">The sweep's folder; the pictures are of the generators in it.</param>
    /// <returns>The table, as Markdown.</returns>
    /// <exception cref="ArgumentException">The sweep is of a preset without a protocol.</exception>
    /// <exception cref="DataFileException">A file cannot be written, or a generator cannot be read.</exception>
    public static string Save(SweepResults results, string folder)
    {
        ArgumentNullException.ThrowIfNull(results);
        var table = CollapseTable.Markdown(results);
        results.Save(folder);
        foreach (var (name, text) in new[] { ("table.md", table), ("manifest.json", CollapseManifest.Of(results.Plan)),
            ("report.html", CollapsePage.Of(results, folder)) })
        {
            TensorFile.Write(Path.Combine(folder, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }

        return table;
    }
}
