using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Training;

namespace ResearchKit.Experiments.Runs;

/// <summary>The numbers of a step that a run keeps, under the names that the log and the events share.</summary>
internal static class RunNumbers
{
    /// <summary>The names, in their order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Of(new StepReport(1, 0, TimeSpan.Zero, 0), default).Select(n => n.Name)];

    /// <summary>The numbers by name.</summary>
    public static IReadOnlyList<(string Name, double Value)> Of(StepReport step, WeightNorms weights) =>
    [
        ("epoch", step.Epoch), .. StepQuantities.All.Select(q => (q.JsonName(), step[q])),
        ("generatorWeightNorm", weights.Generator), ("discriminatorWeightNorm", weights.Discriminator),
    ];

    /// <summary>The numbers back from a line of the log; without times, which it does not keep.</summary>
    public static (StepReport Step, WeightNorms Weights) From(JsonObject line)
    {
        double Number(string name) => JsonLines.Number(line[name]);
        double[] numbers = [.. StepQuantities.All.Select(q => Number(q.JsonName()))];
        return (new StepReport(JsonLines.StepOf(line), Number("epoch"), TimeSpan.Zero, 0, numbers),
            new WeightNorms(Number("generatorWeightNorm"), Number("discriminatorWeightNorm")));
    }
}
