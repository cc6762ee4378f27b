namespace ResearchKit.Metrics.Text;

/// <summary>The n-grams of a line.</summary>
internal static class Ngrams
{
    /// <summary>Every n consecutive characters (Unicode code points) of a line, in order; none of a shorter line.</summary>
    public static IEnumerable<string> Of(string line, int n)
    {
        var starts = Starts(line);
        for (var i = 0; i + n < starts.Count; i++)
        {
            yield return line[starts[i]..starts[i + n]];
        }
    }

    // Where each code point begins, and the line's end.
    private static List<int> Starts(string line)
    {
        var starts = new List<int>(line.Length + 1) { 0 };
        foreach (var character in line.EnumerateRunes())
        {
            starts.Add(starts[^1] + character.Utf16SequenceLength);
        }

        return starts;
    }
}
