namespace ResearchKit.Metrics;

/// <summary>The arithmetic that a metric is computed in.</summary>
public enum MetricPrecision
{
    /// <summary>float64 from the first operation on, whatever the features' dtype.</summary>
    Full,

    /// <summary>As torch-fidelity computes: in the features' own dtype for KID, in float32 for MIND. It repeats their arithmetic and not their bits: sums run in another order on every machine, which a small value shows (percents of a KID near 0).</summary>
    TorchFidelity,
}
