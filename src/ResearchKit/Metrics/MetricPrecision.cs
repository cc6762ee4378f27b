namespace ResearchKit.Metrics;

/// <summary>The arithmetic that a metric is computed in.</summary>
public enum MetricPrecision
{
    /// <summary>float64 from the first operation on, whatever the features' dtype.</summary>
    Full,

    /// <summary>As torch-fidelity computes: in the features' own dtype for KID, in float32 for MIND. On a small value this differs from float64 by percents, and by rounding from machine to machine.</summary>
    TorchFidelity,
}
