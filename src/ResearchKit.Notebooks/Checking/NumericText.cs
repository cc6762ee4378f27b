namespace ResearchKit.Notebooks.Checking;

/// <summary>Compares texts: their numbers within a tolerance, the rest character by character.</summary>
internal static partial class NumericText
{
    private const int Shown = 60;

    /// <summary>The first difference of two texts, or null.</summary>
    /// <param name="where">Names the output in the difference.</param>
    /// <param name="committed">The expected text.</param>
    /// <param name="actual">The new text.</param>
    /// <param name="tolerance">With a tag, a run of blanks counts as one: numbers of another width shift what is aligned.</param>
    public static OutputDifference? Compare(string where, string committed, string actual, CellTolerance tolerance)
    {
        var (a, b) = tolerance.IsTagged ? (Blanks().Replace(committed, " "), Blanks().Replace(actual, " ")) : (committed, actual);
        var (numbersA, numbersB) = (Number().Matches(a), Number().Matches(b));
        var (endA, endB) = (0, 0);
        for (var i = 0; i <= Math.Max(numbersA.Count, numbersB.Count); i++)
        {
            var restA = a[endA..(i < numbersA.Count ? numbersA[i].Index : a.Length)];
            var restB = b[endB..(i < numbersB.Count ? numbersB[i].Index : b.Length)];
            var same = restA.AsSpan().CommonPrefixLength(restB);
            (endA, endB) = (endA + same, endB + same);
            if (restA != restB || i >= numbersA.Count || i >= numbersB.Count)
            {
                return restA == restB && numbersA.Count == numbersB.Count ? null : At(where, a, endA, b, endB);
            }

            if (!tolerance.Agree(Value(numbersA[i]), Value(numbersB[i])))
            {
                return At(where, a, endA, b, endB);
            }

            (endA, endB) = (endA + numbersA[i].Length, endB + numbersB[i].Length);
        }

        return null;
    }

    private static double Value(Match number) => double.Parse(number.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static OutputDifference At(string where, string a, int indexA, string b, int indexB) =>
        new($"{where}, line {a.AsSpan(0, indexA).Count('\n') + 1}", Around(a, indexA), Around(b, indexB));

    // The line, or as much of it around the place as a terminal's line holds.
    private static string Around(string text, int index)
    {
        var start = Math.Min(text.LastIndexOf('\n', Math.Max(0, index - 1)) + 1, index);
        var end = text.IndexOf('\n', index) is var newline and >= 0 ? newline : text.Length;
        var (from, to) = (Math.Max(start, index - Shown / 2), Math.Min(end, index + Shown / 2));
        return $"\"{(from > start ? "..." : "")}{text[from..to]}{(to < end ? "..." : "")}\"";
    }

    // Not the digits of words, versions and dates: x2, 2.10.0 and the 03 in a-03 are text, or numbers without a sign.
    [GeneratedRegex(@"(?<![\w.])[+-]?(?>\d+(?:\.\d+)?|\.\d+)(?>(?:[eE][+-]?\d+)?)(?!\.\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex("[ \t]+")]
    private static partial Regex Blanks();
}
