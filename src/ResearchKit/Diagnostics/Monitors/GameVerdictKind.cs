namespace ResearchKit.Diagnostics.Monitors;

/// <summary>What a monitor finds, from the gravest to none.</summary>
public enum GameVerdictKind
{
    /// <summary>A number became NaN or infinite, and the training stopped.</summary>
    NotFinite,

    /// <summary>The steps are too large: weights or losses are thrown out of all bounds.</summary>
    Diverging,

    /// <summary>A critic's slope grows without end: nothing holds it.</summary>
    UnboundedCritic,

    /// <summary>D is sure of every sample, and G's gradient has faded.</summary>
    DiscriminatorWon,

    /// <summary>G's gradient has vanished although D has not won: G is dead.</summary>
    GeneratorStarved,

    /// <summary>D is wrong more often than right, or has never told real from generated.</summary>
    DiscriminatorLost,

    /// <summary>D's loss swings to and fro instead of settling.</summary>
    Oscillating,

    /// <summary>Nothing of that.</summary>
    Healthy,

    /// <summary>Too few steps were seen.</summary>
    Undecided,
}
