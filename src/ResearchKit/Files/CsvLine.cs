using System.Text;

namespace ResearchKit.Files;

/// <summary>One line of a CSV file (RFC 4180, without line breaks in values).</summary>
internal static class CsvLine
{
    /// <summary>The line of some values; those that hold commas or quotes are quoted.</summary>
    public static string Join(IEnumerable<string> values) =>
        string.Join(',', values.Select(v => v.Contains(',', StringComparison.Ordinal) || v.Contains('"', StringComparison.Ordinal)
            ? $"\"{v.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : v));

    /// <summary>The values of a line.</summary>
    public static string[] Split(string line)
    {
        var (values, value, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                value.Append(line[++i]);
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (line[i] == ',' && !quoted)
            {
                values.Add(value.ToString());
                value.Clear();
            }
            else
            {
                value.Append(line[i]);
            }
        }

        values.Add(value.ToString());
        return [.. values];
    }
}
