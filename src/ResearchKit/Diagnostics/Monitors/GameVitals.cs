namespace ResearchKit.Diagnostics.Monitors;

/// <summary>The numbers by which a training's health is judged, averaged over a block of steps.</summary>
/// <remarks>Losses are in the unit of the game: nats for cross-entropy games, logits for hinge and Wasserstein, squared labels for least
/// squares. Probabilities and shares are in [0, 1]. Gradients are averaged as logarithms, so that one step does not hide the others; what
/// is 0 counts as 1e-12.</remarks>
public sealed record GameVitals
{
    /// <summary>The last step of the block that was seen.</summary>
    public required long Step { get; init; }

    /// <summary>The first step of the block that was seen.</summary>
    public required long FirstStep { get; init; }

    /// <summary>D's loss without penalties.</summary>
    public required double DiscriminatorLoss { get; init; }

    /// <summary>G's loss.</summary>
    public required double GeneratorLoss { get; init; }

    /// <summary>Standard deviation of D's loss from step to step within the block; 0 where one step was seen.</summary>
    public required double LossSwing { get; init; }

    /// <summary>D(real).</summary>
    public required double RealProbability { get; init; }

    /// <summary>D(fake).</summary>
    public required double FakeProbability { get; init; }

    /// <summary>Share of real samples that D takes for real; NaN where it is not known.</summary>
    public required double RealAccuracy { get; init; }

    /// <summary>Share of generated samples that D takes for generated; NaN where it is not known.</summary>
    public required double FakeAccuracy { get; init; }

    /// <summary>Geometric mean of the norm of D's gradient.</summary>
    public required double DiscriminatorGradient { get; init; }

    /// <summary>Geometric mean of the norm of G's gradient.</summary>
    public required double GeneratorGradient { get; init; }

    /// <summary>The weights at the end of the block; null where they were not measured.</summary>
    public WeightNorms? Weights { get; init; }

    /// <summary>D's accuracy: the mean of both shares.</summary>
    public double Accuracy => (RealAccuracy + FakeAccuracy) / 2;

    /// <summary>r_t, the mean sign of D's real logits, in [-1, 1].</summary>
    public double RealSign => (2 * RealAccuracy) - 1;

    /// <summary>G's gradient over D's.</summary>
    public double GradientRatio => GeneratorGradient / DiscriminatorGradient;
}
