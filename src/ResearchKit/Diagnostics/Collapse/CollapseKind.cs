namespace ResearchKit.Diagnostics.Collapse;

/// <summary>What a <see cref="CollapseMonitor"/> finds in a generator's samples.</summary>
public enum CollapseKind
{
    /// <summary>Nearly all samples are alike, or lie in very few of the places where real ones do.</summary>
    FullCollapse,

    /// <summary>At each moment few places are served, and other ones later.</summary>
    Cycling,

    /// <summary>Some of the places where real samples lie stay empty.</summary>
    PartialCollapse,

    /// <summary>Neither collapsed nor good: it needs time, and still gets better.</summary>
    UnderTrained,

    /// <summary>All places are served, by samples like real ones.</summary>
    Healthy,

    /// <summary>Too few moments were seen.</summary>
    Undecided,
}
