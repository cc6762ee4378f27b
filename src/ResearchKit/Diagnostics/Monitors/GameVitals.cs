using ResearchKit.Runtime;
using ResearchKit.Training;

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

    // On a GPU the reports' numbers are read here, at the end of a block, so that it waits once and not at each step.
    internal static GameVitals Of(IReadOnlyList<StepReport> block, WeightNorms? weights)
    {
        double Mean(Func<StepReport, double> value) => block.Sum(value) / block.Count;
        double GeometricMean(Func<StepReport, double> value) => Math.Exp(Mean(s => Math.Log(Math.Max(1e-12, value(s)))));
        var loss = Mean(s => s.DiscriminatorLoss);
        return new GameVitals
        {
            Step = block[^1].Step,
            FirstStep = block[0].Step,
            DiscriminatorLoss = loss,
            GeneratorLoss = Mean(s => s.GeneratorLoss),
            LossSwing = Math.Sqrt(Mean(s => (s.DiscriminatorLoss - loss) * (s.DiscriminatorLoss - loss))),
            RealProbability = Mean(s => s.RealProbability),
            FakeProbability = Mean(s => s.FakeProbability),
            RealAccuracy = Mean(s => s.RealAccuracy),
            FakeAccuracy = Mean(s => s.FakeAccuracy),
            DiscriminatorGradient = GeometricMean(s => s.DiscriminatorGradientNorm),
            GeneratorGradient = GeometricMean(s => s.GeneratorGradientNorm),
            Weights = weights,
        };
    }
}

/// <summary>How large the weights of both players are.</summary>
/// <param name="Generator">Euclidean norm of all of G's parameters.</param>
/// <param name="Discriminator">Euclidean norm of all of D's parameters.</param>
public readonly record struct WeightNorms(double Generator, double Discriminator)
{
    private static readonly ScriptFunctions Functions = new("""
        def norm(params: List[Tensor]) -> Tensor:
            return torch.stack(torch._foreach_norm(params, 2.)).norm()

        """);

    /// <summary>Measures networks as they are now; on a GPU this waits for it.</summary>
    /// <param name="generator">G, with parameters.</param>
    /// <param name="discriminator">D, likewise.</param>
    /// <returns>A measurement; it keeps no tensor.</returns>
    public static WeightNorms Of(nn.Module generator, nn.Module discriminator) =>
        new(Norm([.. generator.parameters()]), Norm([.. discriminator.parameters()]));

    /// <summary>A measurement that lists the parameters once: for networks that stay where they are.</summary>
    /// <param name="generator">G, with parameters.</param>
    /// <param name="discriminator">D, likewise.</param>
    public static Func<WeightNorms> Meter(nn.Module generator, nn.Module discriminator)
    {
        Tensor[] g = [.. generator.parameters()], d = [.. discriminator.parameters()];
        return () => new WeightNorms(Norm(g), Norm(d));
    }

    private static double Norm(Tensor[] parameters)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return ((Tensor)Functions.Call("norm", [parameters])!).to(ScalarType.Float64, CPU).item<double>();
    }
}
