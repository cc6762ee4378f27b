using System.Globalization;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>Where trouble begins. The defaults were fixed on small games (points and 28-pixel clothes, seeds from 100 on) before they were
/// judged on others; README.md beside this file has the tables.</summary>
/// <remarks>A block is <see cref="BlockSteps"/> steps; "at the start" is the first block; weights at the start are those before the first
/// step.</remarks>
public sealed record GameThresholds
{
    /// <summary>Steps that are averaged into one row of vitals.</summary>
    public int BlockSteps { get; init; } = 50;

    /// <summary>Blocks in a row that must show a trouble before it is told.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>Growth of the norm of G's weights within one block that says: thrown. Healthy generators here grew by 1.1 at
    /// most.</summary>
    public double GeneratorJump { get; init; } = 1.4;

    /// <summary>The same for D, whose weights often start very small.</summary>
    public double DiscriminatorJump { get; init; } = 4;

    /// <summary>Nats of D's or G's mean loss in a cross-entropy or hinge game that no healthy game reaches.</summary>
    public double LossBound { get; init; } = 25;

    /// <summary>Growth of a critic's gradient over the start that says: nothing holds it.</summary>
    public double CriticGrowth { get; init; } = 10;

    /// <summary>D's accuracy on real and generated samples, above which it is sure of both.</summary>
    public double WonAccuracy { get; init; } = 0.99;

    /// <summary>D(fake) in the minimax game, at or below which G's loss is saturated.</summary>
    public double SaturatedProbability { get; init; } = 0.1;

    /// <summary>D's mean accuracy that goes with it.</summary>
    public double SaturatedAccuracy { get; init; } = 0.95;

    /// <summary>The share of G's gradient at the start, below which it has faded.</summary>
    public double FadedGradient { get; init; } = 0.1;

    /// <summary>The share of G's gradient at the start, below which G is dead whatever D does.</summary>
    public double DeadGradient { get; init; } = 1e-3;

    /// <summary>D's accuracy below which it is wrong more often than right.</summary>
    public double LostAccuracy { get; init; } = 0.4;

    /// <summary>D's accuracy that it must reach in some block, else it has never told real from generated.</summary>
    public double NeverAccuracy { get; init; } = 0.53;

    /// <summary>Blocks over which oscillation is looked for, at least 4.</summary>
    public int SwingBlocks { get; init; } = 8;

    /// <summary>Standard deviation of D's loss between those blocks, over its mean, above which it swings.</summary>
    public double Swing { get; init; } = 0.75;

    /// <summary>How often it must cross its mean among those blocks.</summary>
    public int SwingCrossings { get; init; } = 3;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; names it.</exception>
    public void Validate()
    {
        (string Name, double Value, double Least, double Most)[] bounds =
        [
            (nameof(BlockSteps), BlockSteps, 1, 1e6), (nameof(Patience), Patience, 1, 1000), (nameof(GeneratorJump), GeneratorJump, 1, 1e9),
                (nameof(DiscriminatorJump), DiscriminatorJump, 1, 1e9),
            (nameof(LossBound), LossBound, 0, 1e30), (nameof(CriticGrowth), CriticGrowth, 1, 1e30),
                (nameof(WonAccuracy), WonAccuracy, 0.5, 1), (nameof(FadedGradient), FadedGradient, 0, 1),
            (nameof(SaturatedProbability), SaturatedProbability, 0, 1), (nameof(SaturatedAccuracy), SaturatedAccuracy, 0.5, 1),
                (nameof(DeadGradient), DeadGradient, 0, 1), (nameof(LostAccuracy), LostAccuracy, 0, 0.5),
                (nameof(NeverAccuracy), NeverAccuracy, 0, 1), (nameof(SwingBlocks), SwingBlocks, 4, 1000), (nameof(Swing), Swing, 0, 1e9),
                (nameof(SwingCrossings), SwingCrossings, 0, 1000),
        ];
        if (Array.Find(bounds, b => !(b.Value >= b.Least && b.Value <= b.Most)) is { Name: { } name } wrong)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"GameThresholds.{name} is {wrong.Value}; it must be from " +
                $"{wrong.Least} to {wrong.Most}."), name);
        }
    }
}
