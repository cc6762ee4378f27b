using ResearchKit.Diagnostics;

namespace ResearchKit.Interactive;

/// <summary>What moments of one game are drawn with in common, so that they can be compared: a vanishing gradient is seen to
/// vanish.</summary>
/// <param name="Arrow">Length on the plane of a pull of 1: nine of ten arrows are shorter than an eighth of the area.</param>
/// <param name="Low">The lowest colour's value.</param>
/// <param name="High">The highest colour's value.</param>
/// <param name="AsLogits">True where colours are logits, false where they are probabilities.</param>
internal sealed record GameScale(double Arrow, double Low, double High, bool AsLogits)
{
    /// <summary>The scale of these moments.</summary>
    /// <exception cref="ArgumentException">There is none, or they are not of one area and resolution.</exception>
    public static GameScale Of(IReadOnlyList<GameSnapshot> snapshots, bool asLogits)
    {
        ArgumentNullException.ThrowIfNull(snapshots);
        if (snapshots.Count == 0)
        {
            throw new ArgumentException("There is nothing to draw.", nameof(snapshots));
        }

        var first = snapshots[0];
        if (snapshots.Any(s => s.Area != first.Area || s.Logits.Count != first.Logits.Count
            || s.Logits[0].Length != first.Logits[0].Length))
        {
            throw new ArgumentException("The moments of one game must be of one area and resolution.", nameof(snapshots));
        }

        var lengths = snapshots.SelectMany(s => s.Pulls).Select(p => Math.Sqrt(p[0] * p[0] + p[1] * p[1])).Where(double.IsFinite).Order()
            .ToArray();
        var long90 = lengths.Length > 0 ? lengths[(int)(0.9 * (lengths.Length - 1))] : 0;
        var arrow = long90 > 0 ? (first.Area.Right - first.Area.Left) / 8 / long90 : 1;
        var largest = snapshots.SelectMany(s => s.Logits).SelectMany(row => row).Where(double.IsFinite).Select(Math.Abs)
            .DefaultIfEmpty(1).Max();
        return asLogits ? new GameScale(arrow, -Math.Max(largest, 1e-6), Math.Max(largest, 1e-6), true) : new GameScale(arrow, 0, 1, false);
    }
}
