using System.Globalization;

namespace ResearchKit.Training;

/// <summary>Decides that a quantity has stopped getting better: the median of the last measurements is hardly below that before.</summary>
/// <remarks>
/// <para>Measure what you want to be good: a distance to held-out samples, not a loss. The losses of a game do not fall as it gets better
/// (they stay where both players are equally strong), so a plateau of them means nothing.</para>
/// <para>Not promised: that the quantity would not have fallen later (a plateau can end), that the game is at rest (the same value can
/// belong to a generator that still turns), or that the value is good.
/// Medians forgive single bad measurements; noise of the size of the improvement itself can end a training early, so let
/// <see cref="Patience"/> grow with it.</para>
/// <para>All that it remembers is <see cref="Measurements"/>: to go on after an interruption, <see cref="Add"/> them to a new rule.</para>
/// </remarks>
public sealed class ConvergenceRule
{
    private readonly List<(long Step, double Value)> _measurements = [];

    /// <summary>Makes a rule that has seen nothing.</summary>
    /// <param name="every">Steps from one measurement to the next, at least 1.</param>
    /// <param name="patience">Measurements in each of the two medians, at least 1.</param>
    /// <param name="tolerance">The share of the earlier median at or below which an improvement counts as none; at least 0.</param>
    public ConvergenceRule(int every = 100, int patience = 5, double tolerance = 0.02)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        if (!(tolerance >= 0 && double.IsFinite(tolerance)))
        {
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance,
                "The tolerance is a share of the measured value: a finite number of at least 0, for example 0.02.");
        }

        (Every, Patience, Tolerance) = (every, patience, tolerance);
    }

    /// <summary>Steps from one measurement to the next.</summary>
    public int Every { get; }

    /// <summary>Measurements in each of the two medians.</summary>
    public int Patience { get; }

    /// <summary>The improvement, as a share of the earlier median, at or below which the quantity counts as at rest.</summary>
    public double Tolerance { get; }

    /// <summary>What was measured, in order.</summary>
    public IReadOnlyList<(long Step, double Value)> Measurements => _measurements;

    /// <summary>By what share the later median lies below the earlier one; NaN before both are there.</summary>
    public double Improvement => Medians is not var (earlier, later) ? double.NaN
        : earlier == later ? 0 : (earlier - later) / Math.Abs(earlier);

    /// <summary>Whether the quantity is at rest, or rises.</summary>
    public bool HasConverged => Improvement <= Tolerance;

    /// <summary>Takes a measurement.</summary>
    /// <param name="step">The step that it was taken after; above that of the one before.</param>
    /// <param name="value">A finite number; lower is better (negate what should grow).</param>
    /// <exception cref="ArgumentException">The value is not finite, or the step is not later.</exception>
    public void Add(long step, double value)
    {
        if (!double.IsFinite(value) || (_measurements.Count > 0 && step <= _measurements[^1].Step))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The measurement {value} at step {step} cannot be judged: it must be a finite number, taken later than the one before."));
        }

        _measurements.Add((step, value));
    }

    /// <summary>One line.</summary>
    public override string ToString() => Medians is not var (earlier, later)
        ? string.Create(CultureInfo.InvariantCulture, $"{_measurements.Count} measurements; judged from {2 * Patience} on")
        : string.Create(CultureInfo.InvariantCulture, $"{(HasConverged ? "at rest" : "still getting better")} at step " +
            $"{_measurements[^1].Step}: median of {Patience} measurements {later:G4}, before them {earlier:G4}");

    private (double Earlier, double Later)? Medians =>
        _measurements.Count < 2 * Patience ? null : (Median(_measurements.Count - (2 * Patience)), Median(_measurements.Count - Patience));

    private double Median(int from)
    {
        var sorted = _measurements.Skip(from).Take(Patience).Select(m => m.Value).Order().ToArray();
        return (sorted[(Patience - 1) / 2] + sorted[Patience / 2]) / 2;
    }
}
