using System.ComponentModel.DataAnnotations;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>What a monitor finds, from the gravest to none.</summary>
public enum GameVerdictKind
{
    /// <summary>A number became NaN or infinite, and the training stopped.</summary>
    NotFinite,

    /// <summary>The steps are too large: weights jump, or losses exceed every bound.</summary>
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

/// <summary>How a training stands, in words.</summary>
/// <inheritdoc/>
public sealed record GameVerdict(GameVerdictKind Kind, long Step, long Since, string Headline, string Evidence, string Advice)
    : MonitorVerdict<GameVerdictKind>(Kind, Step, Since, Headline, Evidence, Advice);

/// <summary>Where trouble begins. The defaults were fixed on small games (points and 28-pixel clothes, seeds from 100 on) before they were
/// judged on others; game.md beside this file has the tables.</summary>
/// <remarks>A block is <see cref="BlockSteps"/> steps; "at the start" is the first block; weights at the start are those before the first
/// step.</remarks>
public sealed record GameThresholds
{
    /// <summary>Steps that are averaged into one row of vitals.</summary>
    [Range(1, 1_000_000)]
    public int BlockSteps { get; init; } = 50;

    /// <summary>Blocks in a row that must show a trouble before it is told.</summary>
    [Range(1, 1000)]
    public int Patience { get; init; } = 3;

    /// <summary>Growth of the norm of G's weights within one block from which they are diverging. Healthy generators here grew by 1.1 at
    /// most.</summary>
    [Range(1.0, 1e9)]
    public double GeneratorJump { get; init; } = 1.4;

    /// <summary>The same for D, whose weights often start very small.</summary>
    [Range(1.0, 1e9)]
    public double DiscriminatorJump { get; init; } = 4;

    /// <summary>Nats of D's or G's mean loss in a cross-entropy or hinge game that no healthy game reaches.</summary>
    [Range(0.0, 1e30)]
    public double LossBound { get; init; } = 25;

    /// <summary>Growth of a critic's gradient over the start that says that nothing bounds it.</summary>
    [Range(1.0, 1e30)]
    public double CriticGrowth { get; init; } = 10;

    /// <summary>D's accuracy on real and generated samples, above which it is sure of both.</summary>
    [Range(0.5, 1.0)]
    public double WonAccuracy { get; init; } = 0.99;

    /// <summary>D(fake) in the minimax game, at or below which G's loss is saturated.</summary>
    [Range(0.0, 1.0)]
    public double SaturatedProbability { get; init; } = 0.1;

    /// <summary>D's mean accuracy that goes with it.</summary>
    [Range(0.5, 1.0)]
    public double SaturatedAccuracy { get; init; } = 0.95;

    /// <summary>The share of G's gradient at the start, below which it has faded.</summary>
    [Range(0.0, 1.0)]
    public double FadedGradient { get; init; } = 0.1;

    /// <summary>The share of G's gradient at the start, below which G is dead whatever D does.</summary>
    [Range(0.0, 1.0)]
    public double DeadGradient { get; init; } = 1e-3;

    /// <summary>D's accuracy below which it is wrong more often than right.</summary>
    [Range(0.0, 0.5)]
    public double LostAccuracy { get; init; } = 0.4;

    /// <summary>D's accuracy that it must reach in some block, else it has never told real from generated.</summary>
    [Range(0.0, 1.0)]
    public double NeverAccuracy { get; init; } = 0.53;

    /// <summary>Blocks over which oscillation is looked for, at least 4.</summary>
    [Range(4, 1000)]
    public int SwingBlocks { get; init; } = 8;

    /// <summary>Standard deviation of D's loss between those blocks, over its mean, above which it swings.</summary>
    [Range(0.0, 1e9)]
    public double Swing { get; init; } = 0.75;

    /// <summary>How often it must cross its mean among those blocks.</summary>
    [Range(0, 1000)]
    public int SwingCrossings { get; init; } = 3;
}
