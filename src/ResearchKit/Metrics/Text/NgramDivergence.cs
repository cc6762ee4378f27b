namespace ResearchKit.Metrics.Text;

/// <summary>Jensen-Shannon divergence of the n-grams of two sets of lines.</summary>
/// <remarks>Gulrajani et al., arXiv:1704.00028, as in the authors' code: KL(P, M) / 2 + KL(Q, M) / 2 in bits with M = (P + Q) / 2, P and Q
/// the shares of each n-gram among all n-grams inside the lines, over those that either set has. Deviation: the authors fill lines up to
/// one length and count n-grams with that padding; here lines are counted as they are, without padding and without a sign for start or
/// end. Few lines make it greater: compare it with what as many real lines get.</remarks>
public static class NgramDivergence
{
    /// <summary>The lengths of n-grams that are reported, as the authors do: 1 to 4.</summary>
    public static IReadOnlyList<int> Lengths { get; } = [1, 2, 3, 4];

    /// <summary>The divergence.</summary>
    /// <param name="first">Lines; a character is a Unicode code point.</param>
    /// <param name="second">The other lines.</param>
    /// <param name="n">Characters of an n-gram, at least 1. A shorter line has none.</param>
    /// <returns>0 for equal shares, 1 for sets that share no n-gram, and 1 where one set has none at all.</returns>
    /// <exception cref="ArgumentOutOfRangeException">n is below 1.</exception>
    public static double Of(IEnumerable<string> first, IEnumerable<string> second, int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var (p, q) = (Shares(first, n), Shares(second, n));
        return p.Count == 0 || q.Count == 0 ? 1 : Math.Clamp((ToMean(p, q) + ToMean(q, p)) / 2, 0, 1); // rounding may pass an end
    }

    // sum of p log2(p / m): where p is 0 a term is 0
    private static double ToMean(Dictionary<string, double> p, Dictionary<string, double> q) =>
        p.Sum(s => s.Value * Math.Log2(2 * s.Value / (s.Value + q.GetValueOrDefault(s.Key))));

    private static Dictionary<string, double> Shares(IEnumerable<string> lines, int n)
    {
        var counts = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            foreach (var gram in Ngrams.Of(line, n))
            {
                counts[gram] = counts.GetValueOrDefault(gram) + 1;
            }
        }

        var all = counts.Values.Sum();
        return counts.ToDictionary(c => c.Key, c => c.Value / all, StringComparer.Ordinal);
    }
}
