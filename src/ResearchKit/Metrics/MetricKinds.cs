namespace ResearchKit.Metrics;

/// <summary>Which metrics are computed.</summary>
[Flags]
public enum MetricKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Fréchet distance of Gaussians fitted to the features (FID's formula).</summary>
    Frechet = 1,

    /// <summary>Kernel distance: mean of the unbiased squared MMD over subsets (KID's formula).</summary>
    Kernel = 2,

    /// <summary>Classifier score: exp of the mean KL of class probabilities to their mean (the Inception Score's formula). Needs logits;
    /// looks at the generated set only.</summary>
    Classifier = 4,

    /// <summary>Improved precision and recall, and their F-score.</summary>
    PrecisionRecall = 8,

    /// <summary>Density and coverage.</summary>
    DensityCoverage = 16,

    /// <summary>Vendi score: the effective number of different samples. Looks at the generated set only.</summary>
    Vendi = 32,

    /// <summary>MIND: a sliced Wasserstein distance.</summary>
    Mind = 64,

    /// <summary>All of them.</summary>
    All = 127,
}
