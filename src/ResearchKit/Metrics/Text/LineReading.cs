using ResearchKit.Data.Text;

namespace ResearchKit.Metrics.Text;

/// <summary>What lines are, beside the lines that are known: words among words, or copies.</summary>
/// <param name="Known">Share that stands in the whole set: of <c>words</c> those that are English words.</param>
/// <param name="HeldOut">Share that stands in the part that nothing was trained on; NaN where there is none.</param>
/// <param name="Distinct">Different lines, as a share of all. More lines repeat more: compare equal numbers.</param>
/// <param name="Copied">Share that stands in the part that was trained on; NaN where there is none.</param>
/// <param name="Length">Mean number of characters.</param>
public sealed record LineReading(double Known, double HeldOut, double Distinct, double Copied, double Length)
{
    /// <summary>Reads lines.</summary>
    /// <param name="lines">The lines, at least one.</param>
    /// <param name="whole">All known lines.</param>
    /// <param name="heldOut">Those that nothing was trained on; null for none.</param>
    /// <param name="training">Those that were trained on; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no line.</exception>
    public static LineReading Of(IReadOnlyList<string> lines, IEnumerable<string> whole, IEnumerable<string>? heldOut,
        IEnumerable<string>? training)
    {
        ArgumentOutOfRangeException.ThrowIfZero(lines.Count, nameof(lines));
        return new(ShareIn(whole), ShareIn(heldOut),
            (double)lines.Distinct(StringComparer.Ordinal).Count() / lines.Count, ShareIn(training), lines.Average(TextSet.LengthOf));

        double ShareIn(IEnumerable<string>? known)
        {
            if (known is null)
            {
                return double.NaN;
            }

            var set = known.ToHashSet(StringComparer.Ordinal);
            return (double)lines.Count(set.Contains) / lines.Count;
        }
    }
}
