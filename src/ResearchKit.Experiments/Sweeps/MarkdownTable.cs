using System.Text;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>The lines of a table in Markdown.</summary>
internal static class MarkdownTable
{
    public static void Row(StringBuilder text, IEnumerable<string> values) =>
        text.Append("| ").AppendJoin(" | ", values.Select(v => v.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");

    public static void Rule(StringBuilder text, int columns) => text.Append('|').Insert(text.Length, "---|", columns).Append('\n');
}
