using System.ComponentModel.DataAnnotations;
using ResearchKit.Registers;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>What a <see cref="CollapseMonitor"/> finds in a generator's samples.</summary>
public enum CollapseKind
{
    /// <summary>Nearly all samples are alike, or come near to very few of the places where real ones are.</summary>
    FullCollapse,

    /// <summary>At each moment samples come near to few places, and to other ones later.</summary>
    Cycling,

    /// <summary>Some of the places where real samples lie get hardly any.</summary>
    PartialCollapse,

    /// <summary>Neither collapsed nor good: samples get better, or are everywhere but poor, or it is too early to tell. After health: they
    /// have become poor.</summary>
    UnderTrained,

    /// <summary>All places are served, by samples like real ones.</summary>
    Healthy,

    /// <summary>Too few moments were seen.</summary>
    Undecided,
}

/// <summary>How a generator stands, in words.</summary>
/// <inheritdoc/>
public sealed record CollapseVerdict(CollapseKind Kind, long Step, long Since, string Headline, string Evidence, string Advice)
    : MonitorVerdict<CollapseKind>(Kind, Step, Since, Headline, Evidence, Advice)
{
    /// <summary>The last step at which the generator was healthy; null where it never was, or still is.</summary>
    public long? HealthyUntil { get; init; }

    /// <summary>Whether it is a collapse: full, partial or cycling.</summary>
    public bool IsCollapse => Kind is CollapseKind.FullCollapse or CollapseKind.Cycling or CollapseKind.PartialCollapse;

    /// <summary>Whether it is a collapse of a generator that was healthy before.</summary>
    public bool IsLate => IsCollapse && HealthyUntil is not null;
}

/// <summary>Where collapse begins. The defaults were chosen on small games in the plane (seeds 100 to 102) and on images (100 and 101)
/// before they were judged on others; collapse.md beside this file has the tables.</summary>
/// <remarks>A moment is one look at the samples; of several moments the median counts. Trends and patience are counted in looks: look often
/// where the game goes fast.</remarks>
public sealed record CollapseThresholds
{
    /// <summary>Moments that a verdict rests on: with fewer there is none.</summary>
    [Range(2, 1000)]
    public int Patience { get; init; } = 3;

    /// <summary>Moments over which turns and trends are looked for, at least 4.</summary>
    [Range(4, 1000)]
    public int Window { get; init; } = 6;

    /// <summary>Moments from the monitor's first one on for which a generator that has never given more than a few places, or different
    /// samples, is under-trained and not collapsed: a DCGAN gives one sample for hundreds of steps before it gives others.</summary>
    [Range(2, 1000)]
    public int Grace { get; init; } = 8;

    /// <summary>The share of what a place has in reality that the generator must put there to serve it, or near it to visit it.</summary>
    [Range(0.0, 1.0)]
    public double ServedShare { get; init; } = 0.25;

    /// <summary>Visited at or below this: a full collapse.</summary>
    [Range(0.0, 1.0)]
    public double FullServed { get; init; } = 0.3;

    /// <summary>Diversity at or below this: a full collapse too, wherever the samples lie.</summary>
    [Range(0.0, 1.0)]
    public double FullDiversity { get; init; } = 0.25;

    /// <summary>Served below this: something is missing.</summary>
    [Range(0.0, 1.0)]
    public double WholeServed { get; init; } = 0.92;

    /// <summary>Precision from which samples are like real ones.</summary>
    [Range(0.0, 1.0)]
    public double HealthyPrecision { get; init; } = 0.65;

    /// <summary>Turnover from one moment to the next, from which the generator is somewhere else.</summary>
    [Range(0.0, 1.0)]
    public double CyclingTurnover { get; init; } = 0.4;

    /// <summary>Visited above this: too much at a time for a generator that cycles.</summary>
    [Range(0.0, 1.0)]
    public double CyclingVisited { get; init; } = 0.6;

    /// <summary>Visited by which the moments of a window together go beyond a single one, where it cycles.</summary>
    [Range(0.0, 1.0)]
    public double CyclingGain { get; init; } = 0.25;

    /// <summary>Rise of Served, Visited or Precision within a window that says: it still gets better.</summary>
    [Range(0.0, 1.0)]
    public double Rise { get; init; } = 0.1;

    internal CollapseThresholds Checked()
    {
        OptionRanges.Check(this);
        return Patience <= Window
            ? this
            : throw new ArgumentException($"The option patience is {Patience}; it must be in [2, {Window}], at most the window.");
    }
}
