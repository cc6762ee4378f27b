using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Training;

namespace ResearchKit.Experiments.Runs;

/// <summary>The numbers of a step that a run keeps, under the names that the log and the events share.</summary>
internal static class RunNumbers
{
    /// <summary>The names, in their order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Of(new StepReport(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, TimeSpan.Zero, 0, 0, 0),
        default).Select(n => n.Name)];

    /// <summary>The numbers by name.</summary>
    public static IReadOnlyList<(string Name, double Value)> Of(StepReport step, WeightNorms weights) =>
    [
        ("epoch", step.Epoch), ("realLoss", step.RealLoss), ("fakeLoss", step.FakeLoss), ("penalty", step.Penalty),
            ("generatorLoss", step.GeneratorLoss),
        ("realProbability", step.RealProbability), ("fakeProbability", step.FakeProbability),
        ("discriminatorGradientNorm", step.DiscriminatorGradientNorm), ("generatorGradientNorm", step.GeneratorGradientNorm),
        ("realAccuracy", step.RealAccuracy), ("fakeAccuracy", step.FakeAccuracy), ("generatorWeightNorm", weights.Generator),
            ("discriminatorWeightNorm", weights.Discriminator),
    ];

    /// <summary>The numbers back from a line of the log; without times, which it does not keep.</summary>
    public static (StepReport Step, WeightNorms Weights) From(JsonObject line)
    {
        double Number(string name) => JsonLines.Number(line[name]);
        var step = new StepReport(
            JsonLines.StepOf(line), Number("epoch"), Number("realLoss"), Number("fakeLoss"), Number("penalty"), Number("generatorLoss"),
                Number("realProbability"), Number("fakeProbability"),
            Number("discriminatorGradientNorm"), Number("generatorGradientNorm"), TimeSpan.Zero, 0, Number("realAccuracy"),
                Number("fakeAccuracy"));
        return (step, new WeightNorms(Number("generatorWeightNorm"), Number("discriminatorWeightNorm")));
    }
}
