using System.Globalization;

namespace ResearchKit.Metrics.Text;

/// <summary>Lines beside the real lines of a file: how far their n-grams are from those, and what share of them is known.</summary>
/// <param name="Divergences">Of n-grams of <see cref="NgramDivergence.Lengths"/> characters, in their order.</param>
/// <param name="Reading">What the lines are; its whole set is the real file, and it holds nothing out.</param>
public sealed record TextReport(IReadOnlyList<double> Divergences, LineReading Reading)
{
    /// <summary>The same of lines of the training; null where none are given.</summary>
    public TextReport? Training { get; private init; }

    /// <summary>Scores lines.</summary>
    /// <param name="lines">Generated lines, at least one.</param>
    /// <param name="real">Real lines, at least one.</param>
    /// <param name="training">Lines that were trained on, in any order: as many as generated ones are scored beside; null for none.</param>
    /// <returns>The report; all divergences in [0, 1] bits, all shares in [0, 1].</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no generated line, or no line of the training.</exception>
    /// <remarks>Gulrajani et al., arXiv:1704.00028, with the deviation that <see cref="NgramDivergence"/> states.</remarks>
    public static TextReport Of(IReadOnlyList<string> lines, IReadOnlyList<string> real, IReadOnlyList<string>? training = null)
    {
        return Read(lines) with { Training = training is null ? null : Read([.. training.Take(lines.Count)]) };

        TextReport Read(IReadOnlyList<string> some) =>
            new([.. NgramDivergence.Lengths.Select(n => NgramDivergence.Of(some, real, n))],
                LineReading.Of(some, real, null, training ?? []));
    }

    /// <summary>Two tables, for people.</summary>
    public override string ToString()
    {
        string[] heads = ["generated", "training"];
        var divergences = TextTable.Of(["n-grams of", .. heads],
            [.. NgramDivergence.Lengths.Select((n, i) => Row($"{n}", r => r.Divergences[i]))]);
        var readings = TextTable.Of(["lines", .. heads],
        [
            Row("in the real file", r => r.Reading.Known), Row("different", r => r.Reading.Distinct),
            .. Training is null ? [] : (string[][])[Row("in the training file", r => r.Reading.Copied)],
            Row("characters", r => r.Reading.Length),
        ], 0);
        return "Jensen-Shannon divergence in bits: 0 for equal n-grams, 1 for no common one; few lines make it greater\n" +
            $"{divergences}shares of lines, and their mean length\n{readings}";
    }

    private string[] Row(string name, Func<TextReport, double> value) =>
        [name, Number(value(this)), Training is null ? "" : Number(value(Training))];

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
