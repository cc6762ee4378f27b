namespace ResearchKit.Losses;

/// <summary>What the number that D gives a sample means under a loss. Parts that read the logits themselves work with some kinds
/// only.</summary>
public enum LogitKind
{
    /// <summary>Log odds of "real": 0 is undecided, sigmoid gives the probability. The cross-entropy games.</summary>
    LogOdds,

    /// <summary>A signed margin: above 0 for real, below 0 for generated. The hinge game.</summary>
    Margin,

    /// <summary>An estimate of a label, 1 for real and 0 for generated. The least-squares game.</summary>
    Label,

    /// <summary>A critic's value: only differences matter, on a scale that the critic's slope sets. The Wasserstein game.</summary>
    Value,

    /// <summary>Only the difference of a real and a generated sample's logit matters, and not where both lie. The relativistic
    /// games.</summary>
    Relative,
}
