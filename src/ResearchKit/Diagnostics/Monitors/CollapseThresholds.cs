using System.Globalization;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>Where collapse begins. The defaults were chosen on small games in the plane (seeds 100 to 102) and on pictures (100 and 101)
/// before they were judged on others; README.md beside this file has the tables.</summary>
/// <remarks>A moment is one look at the samples; of several moments the median counts. Trends and patience are counted in looks: look often
/// where the game goes fast.</remarks>
public sealed record CollapseThresholds
{
    /// <summary>Moments that a verdict rests on: with fewer there is none.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>Moments over which turns and trends are looked for, at least 4.</summary>
    public int Window { get; init; } = 6;

    /// <summary>
    /// Moments from the monitor's first one on for which a generator that has never given more than a few places, or different samples,
    /// counts as young: a DCGAN gives one sample for hundreds of steps, and nothing in it tells that it will leave.
    /// </summary>
    public int Grace { get; init; } = 8;

    /// <summary>The share of what a place has in reality that the generator must put there to serve it, or near it to visit it.</summary>
    public double ServedShare { get; init; } = 0.25;

    /// <summary>Visited at or below this: a full collapse.</summary>
    public double FullServed { get; init; } = 0.3;

    /// <summary>Diversity at or below this: a full collapse too, wherever the samples lie.</summary>
    public double FullDiversity { get; init; } = 0.25;

    /// <summary>Served below this: something is missing.</summary>
    public double WholeServed { get; init; } = 0.92;

    /// <summary>Precision from which samples are like real ones.</summary>
    public double HealthyPrecision { get; init; } = 0.65;

    /// <summary>Turnover from one moment to the next, from which the generator is somewhere else.</summary>
    public double CyclingTurnover { get; init; } = 0.4;

    /// <summary>Visited above this: too much at a time for a generator that cycles.</summary>
    public double CyclingVisited { get; init; } = 0.6;

    /// <summary>Visited by which the moments of a window together go beyond a single one, where it cycles.</summary>
    public double CyclingGain { get; init; } = 0.25;

    /// <summary>Rise of Served, Visited or Precision within a window that says: it still gets better.</summary>
    public double Rise { get; init; } = 0.1;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; names it.</exception>
    public void Validate()
    {
        (string Name, double Value, double Least, double Most)[] bounds =
        [
            (nameof(Patience), Patience, 2, Window), (nameof(Window), Window, 4, 1000), (nameof(Grace), Grace, 2, 1000),
                (nameof(ServedShare), ServedShare, 0, 1), (nameof(FullServed), FullServed, 0, 1),
                (nameof(FullDiversity), FullDiversity, 0, 1),
            (nameof(WholeServed), WholeServed, 0, 1), (nameof(HealthyPrecision), HealthyPrecision, 0, 1),
                (nameof(CyclingTurnover), CyclingTurnover, 0, 1),
            (nameof(CyclingVisited), CyclingVisited, 0, 1), (nameof(CyclingGain), CyclingGain, 0, 1), (nameof(Rise), Rise, 0, 1),
        ];
        if (Array.Find(bounds, b => !(b.Value >= b.Least && b.Value <= b.Most)) is { Name: { } name } wrong)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"CollapseThresholds.{name} is {wrong.Value}; it must be from " +
                $"{wrong.Least} to {wrong.Most}."), name);
        }
    }
}
