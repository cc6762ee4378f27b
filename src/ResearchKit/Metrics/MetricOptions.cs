namespace ResearchKit.Metrics;

/// <summary>The metrics wanted and their parameters; the defaults are torch-fidelity's and prdc's.</summary>
public sealed record MetricOptions
{
    /// <summary>Which metrics.</summary>
    public MetricKinds Kinds { get; init; } = MetricKinds.Frechet;

    /// <summary>Seeds what is drawn: KID's subsets, the order of the classifier score's splits, MIND's directions.</summary>
    public long Seed { get; init; } = 2020;

    /// <summary>KID's subsets, at least 1.</summary>
    public int KernelSubsets { get; init; } = 100;

    /// <summary>Samples in each of KID's subsets, at least 2 and at most the smaller set.</summary>
    public int KernelSubsetSize { get; init; } = 1000;

    /// <summary>Splits of the classifier score, at least 1.</summary>
    public int ClassifierSplits { get; init; } = 10;

    /// <summary>k of precision and recall, at least 1.</summary>
    public int PrecisionNeighbours { get; init; } = 3;

    /// <summary>k of density and coverage, at least 1.</summary>
    public int CoverageNeighbours { get; init; } = 5;

    /// <summary>MIND's directions, at least 1.</summary>
    public int MindDirections { get; init; } = 1000;

    /// <summary>True to compute each value's floor too: one random half of the real set against the other.</summary>
    public bool WithFloor { get; init; } = true;
}
