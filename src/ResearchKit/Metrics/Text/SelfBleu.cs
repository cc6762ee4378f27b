using System.Runtime.InteropServices;
using ResearchKit.Data.Text;

namespace ResearchKit.Metrics.Text;

/// <summary>How alike lines are among themselves: the mean BLEU of each line against all the others.</summary>
/// <remarks>Zhu et al., Texygen, arXiv:1802.01886, section 3.2, with BLEU as in Papineni et al. 2002: the geometric mean of the clipped
/// precisions of n-grams of 1 to N tokens, times exp(1 - r / c) for a line of c tokens that is shorter than the nearest reference length
/// r. As in the authors' code (NLTK's method 1) a count of 0 becomes 0.1. A token is a character. Higher is less varied; more lines make it
/// greater, so compare equal numbers. Deviations: all lines are references, of which the authors' code takes the first 500.</remarks>
public static class SelfBleu
{
    /// <summary>The greatest n-grams that are reported.</summary>
    public static IReadOnlyList<int> Lengths { get; } = [2, 3, 4];

    private const double InPlaceOfNone = 0.1;

    /// <summary>The mean.</summary>
    /// <param name="lines">At least 2, of at least one character; a character is a Unicode code point.</param>
    /// <param name="n">Tokens of the greatest n-gram, at least 1.</param>
    /// <returns>Above 0; 1 where every line has a twin.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 lines, or n is below 1.</exception>
    public static double Of(IReadOnlyList<string> lines, int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lines.Count, 2, nameof(lines));
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var lengths = lines.Select(TextSet.LengthOf).ToArray();
        var logs = new double[lines.Count]; // n times the mean log precision of each line
        for (var size = 1; size <= n; size++)
        {
            Add(logs, lines, size);
        }

        var numbers = lengths.CountBy(l => l).ToDictionary();
        return lines.Select((_, i) => Math.Exp((logs[i] / n) + Math.Min(0, 1 - (Nearest(numbers, lengths[i]) / lengths[i])))).Average();
    }

    // An n-gram counts as often as in the other line that has it most: the most that any line has, or the second most for that line itself.
    private static void Add(double[] logs, IReadOnlyList<string> lines, int size)
    {
        var counts = lines.Select(line => Ngrams.Of(line, size).CountBy(g => g).ToList()).ToList();
        var most = new Dictionary<string, (int Line, int First, int Second)>(StringComparer.Ordinal);
        foreach (var (line, gram, count) in counts.SelectMany((grams, line) => grams.Select(g => (line, g.Key, g.Value))))
        {
            ref var top = ref CollectionsMarshal.GetValueRefOrAddDefault(most, gram, out _);
            top = count > top.First ? (line, count, top.First) : top with { Second = Math.Max(top.Second, count) };
        }

        for (var i = 0; i < lines.Count; i++)
        {
            double all = Math.Max(1, counts[i].Sum(g => g.Value));
            var found = counts[i].Sum(g => Math.Min(g.Value, most[g.Key] is var top && top.Line == i ? top.Second : top.First));
            logs[i] += Math.Log((found == 0 ? InPlaceOfNone : found) / all);
        }
    }

    // The length of another line that is nearest to this one's, of two as near the shorter.
    private static double Nearest(Dictionary<int, int> numbers, int length) => numbers
        .Where(l => l.Value > (l.Key == length ? 1 : 0)).MinBy(l => (Math.Abs(l.Key - length), l.Key)).Key;
}
