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

    /// <summary>Neither collapsed nor good: samples get better, or are everywhere but poor, or the training is too young to tell. After
    /// health: they have become poor.</summary>
    UnderTrained,

    /// <summary>All places are served, by samples like real ones.</summary>
    Healthy,

    /// <summary>Too few moments were seen.</summary>
    Undecided,
}
