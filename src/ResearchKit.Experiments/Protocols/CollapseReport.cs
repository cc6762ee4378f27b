using System.Text.Json.Nodes;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Experiments.Sweeps;

namespace ResearchKit.Experiments.Protocols;

/// <summary>What a protocol's sweep leaves for readers.</summary>
public static class CollapseReport
{
    /// <summary>Writes <c>results.csv</c> and <c>results.md</c> (every sweep's), <c>table.md</c> (<see cref="CollapseTable"/>),
    /// <c>manifest.json</c> (seeds, options, machine) and <c>report.html</c> (one page with samples and histograms).</summary>
    /// <returns>The table, as Markdown.</returns>
    /// <exception cref="ArgumentException">The sweep is of a preset without a protocol.</exception>
    /// <exception cref="DataFileException">A file cannot be written, or a generator cannot be read.</exception>
    public static string Save(SweepResults results, string folder)
    {
        var table = CollapseTable.Markdown(results);
        SweepSummary.Save(results, folder);
        SweepSummary.Write(folder, "table.md", table);
        ExperimentJson.Save(Path.Combine(folder, "manifest.json"), Manifest(results.Plan));
        SweepSummary.Write(folder, "report.html", CollapsePage.Of(results, folder));
        return table;
    }

    // What the results were made by: the seeds that settings were chosen and reported on, each method's options by hash, and the machine.
    private static JsonObject Manifest(SweepPlan plan)
    {
        var (preset, protocol) = (plan.Preset, plan.Preset.Protocol!);
        var methods = plan.Settings.Select(setting => (setting, plan.Cells.First(c => c.Setting == setting).Options))
            .Select(m => KeyValuePair.Create(m.setting.Name, (JsonNode?)new JsonObject
            {
                ["steps"] = m.Options.Run.Steps,
                ["configuration"] = ExperimentJson.Hash(m.Options.With("seed=0")), // of the run with seed 0
                ["options"] = new JsonArray([.. m.setting.Assignments.Select(a => (JsonNode)a)]),
            }));
        return new JsonObject
        {
            ["preset"] = preset.Name,
            ["form"] = protocol.Form,
            ["source"] = protocol.Source,
            ["deviations"] = new JsonArray([.. protocol.Deviations.Select(d => (JsonNode)d)]),
            ["tunedOn"] = protocol.TunedOn,
            ["reportedOn"] = protocol.ReportedOn,
            ["seeds"] = new JsonArray([.. plan.Cells.Select(c => c.Seed).Distinct().Select(s => (JsonNode)s)]),
            ["methods"] = new JsonObject(methods),
            ["environment"] = RunEnvironment.Describe(),
        };
    }
}
