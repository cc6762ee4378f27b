using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Experiments.Protocols;

/// <summary>What a protocol's results were made by: the seeds that settings were chosen and reported on, each method's options by hash, and
/// the machine.</summary>
internal static class CollapseManifest
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n" };

    public static string Of(SweepPlan plan)
    {
        var (preset, protocol) = (plan.Preset, plan.Preset.Protocol!);
        var methods = new JsonObject();
        foreach (var setting in plan.Settings)
        {
            var options = plan.Cells.First(c => c.Setting == setting).Options;
            methods[setting.Name] = new JsonObject
            {
                ["steps"] = options.Steps,
                ["configuration"] = ExperimentJson.Hash(options with { Seed = 0 }), // of the run with seed 0
                ["options"] = new JsonArray([.. setting.Assignments.Select(a => (JsonNode)a)]),
            };
        }

        var manifest = new JsonObject
        {
            ["preset"] = preset.Name,
            ["form"] = protocol.Form,
            ["source"] = protocol.Source,
            ["deviations"] = new JsonArray([.. protocol.Deviations.Select(d => (JsonNode)d)]),
            ["tunedOn"] = protocol.TunedOn,
            ["reportedOn"] = protocol.ReportedOn,
            ["seeds"] = new JsonArray([.. plan.Cells.Select(c => c.Seed).Distinct().Select(s => (JsonNode)s)]),
            ["methods"] = methods,
            ["environment"] = RunEnvironment.Describe(),
        };
        return manifest.ToJsonString(Layout) + "\n";
    }
}
