using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>What one step of a preset costs.</summary>
/// <param name="Seconds">Of a CPU the seconds of its processors, in which waiting for other work is not; else the clock's.</param>
/// <param name="Machine">What it was timed on, as <c>2 x X64</c>, or the device.</param>
/// <param name="Changed">Options that are not the preset's, as <c>threads=1, data=emoji-faces-32:train</c>; empty for none.</param>
/// <param name="Setting">The preset's variant; null where the preset has none.</param>
public sealed record StepCost(double Seconds, string Machine, string Changed, string? Setting = null);

/// <summary>What the presets' steps cost: <c>data/presets/costs/NAME.json</c>, timed by <c>researchkit presets time</c>.</summary>
public static class StepCosts
{
    private const string Folder = "costs";
    private const int Quick = 10;

    /// <summary>The costs of a preset's variants; none where it was not timed.</summary>
    /// <param name="preset">Its name.</param>
    /// <exception cref="DataFileException">The file is damaged.</exception>
    public static IReadOnlyList<StepCost> Of(string preset) =>
        PresetMeasurements.Read<StepCost>(PresetMeasurements.FileOf(Folder, preset));

    /// <summary>Times some steps of a preset, and of each of its variants.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="changes">Options to change, each <c>name=value</c>: another device, or other data of the same size.</param>
    /// <param name="time">How long to look at each variant, beyond the first steps; at least one step is timed.</param>
    /// <param name="cancellation">Ends the timing.</param>
    /// <exception cref="ArgumentException">The options do not go together.</exception>
    /// <exception cref="DataFileException">The data are missing or damaged.</exception>
    public static IEnumerable<StepCost> Measure(Preset preset, IReadOnlyList<string> changes, TimeSpan time,
        CancellationToken cancellation = default)
    {
        foreach (var (index, cell) in SweepPlan.Create(preset, changes, [0]).Cells.Index())
        {
            var cost = SweepCost.Measure([cell], null, time, cancellation);
            cost = index > 0 || cost.StepsPerSecond < Quick ? cost
                : SweepCost.Measure([cell], null, time, cancellation); // by then the code of a quick step is compiled as it stays
            var isProcessor = cell.Options.Run.Device == "cpu";
            yield return new StepCost(isProcessor ? cost.ProcessorSeconds : 1 / cost.StepsPerSecond,
                isProcessor ? Machine : cell.Options.Run.Device, string.Join(", ", changes),
                preset.Variants.Count > 0 ? cell.Setting.Name : null);
        }
    }

    /// <summary>Keeps the costs of a preset in place of those that were kept.</summary>
    /// <returns>The file that was written.</returns>
    public static string Save(string preset, IReadOnlyList<StepCost> costs)
    {
        PresetMeasurements.Write(PresetMeasurements.FileOf(Folder, preset), costs);
        return PresetMeasurements.FileOf(Folder, preset);
    }

    private static string Machine =>
        $"{Environment.ProcessorCount} x {System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture}";
}
