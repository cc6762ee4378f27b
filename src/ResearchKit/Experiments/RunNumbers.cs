using ResearchKit.Training;

namespace ResearchKit.Experiments;

/// <summary>The numbers of a step that a run keeps, under the names that the log and the events share.</summary>
internal static class RunNumbers
{
    public static IReadOnlyList<(string Name, double Value)> Of(StepReport step) =>
    [
        ("epoch", step.Epoch), ("realLoss", step.RealLoss), ("fakeLoss", step.FakeLoss), ("penalty", step.Penalty), ("generatorLoss", step.GeneratorLoss),
        ("realProbability", step.RealProbability), ("fakeProbability", step.FakeProbability),
        ("discriminatorGradientNorm", step.DiscriminatorGradientNorm), ("generatorGradientNorm", step.GeneratorGradientNorm),
    ];
}
