using System.Text.Json;
using System.Text.Json.Serialization;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Runs;

/// <summary>One run of a preset to its end.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Seconds">How long it took, scores included; null where that was not recorded.</param>
/// <param name="Machine">The processors, as <c>2 x X64</c>, and a device that is not the CPU, as <c>16 x X64, cuda:0</c>; null likewise.
/// </param>
/// <param name="Changed">Options that are not the preset's, as <c>precision=BFloat16</c>; empty for none.</param>
/// <param name="Scores">The scores of its last step by name.</param>
/// <param name="Setting">The preset's variant that it is; null where the preset has none.</param>
public sealed record MeasuredRun(long Seed, double? Seconds, string? Machine, string Changed,
    IReadOnlyDictionary<string, double> Scores, string? Setting = null);

/// <summary>What the presets gave here: <c>data/presets/measured/NAME.json</c>, gathered from the folders of runs.</summary>
public static class PresetMeasurements
{
    // Options by which runs of one preset may differ; those that may matter are told beside the numbers.
    private static readonly string[] Free =
        ["seed", "threads", "device", "memory", "logEvery", "checkpointEvery", "gridEvery", "precision"];

    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, NewLine = "\n", DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The runs of a preset, by seed; none where it was not measured.</summary>
    /// <param name="preset">Its name.</param>
    /// <exception cref="DataFileException">The file is damaged.</exception>
    public static IReadOnlyList<MeasuredRun> Of(string preset) => Read<MeasuredRun>(FileOf("measured", preset));

    /// <summary>The runs of presets in a file that was measured elsewhere, as <c>gpu.sh</c> writes one: an object whose <c>rows</c> has
    /// by the preset's name what <c>data/presets/measured/NAME.json</c> would hold.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="DataFileException">It is missing, has no such rows, or they are of no preset, no variant, or without scores.
    /// </exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<MeasuredRun>> In(string file)
    {
        var presets = PresetCatalog.All();
        var runs = new Dictionary<string, IReadOnlyList<MeasuredRun>>();
        foreach (var (name, rows) in RowsOf(file))
        {
            var preset = presets.FirstOrDefault(p => p.Name == name)
                ?? throw new DataFileException(file, $"its rows are of '{name}', which is no preset of the kit: `presets` lists them.");
            var known = preset.Variants.Select(v => (string?)v.Name).DefaultIfEmpty(null).ToList();
            runs[name] = rows.FirstOrDefault(r => !known.Contains(r.Setting)) is { } other
                ? throw new DataFileException(file, $"its rows of {name} have the setting '{other.Setting}', which the preset has not.")
                : rows;
        }

        return runs;
    }

    private static Dictionary<string, List<MeasuredRun>> RowsOf(string file)
    {
        const string Wanted =
            "the rows of a measured file: {\"rows\": {\"PRESET\": [{\"seed\": 0, \"changed\": \"\", \"scores\": {...}}]}}";
        try
        {
            var rows = JsonSerializer.Deserialize<MeasuredFile>(File.ReadAllText(file), Layout)?.Rows
                ?? throw new DataFileException(file, $"it has not {Wanted}.");
            return rows.Values.All(of => of?.All(r => r is { Scores: not null, Changed: not null }) == true) ? rows
                : throw new DataFileException(file, $"a row has no scores, or not {Wanted}.");
        }
        catch (JsonException e)
        {
            throw new DataFileException(file, $"it is no JSON, or has not {Wanted}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(file, "it cannot be read: " + e.Message, e);
        }
    }

    private sealed record MeasuredFile(Dictionary<string, List<MeasuredRun>>? Rows);

    internal static IReadOnlyList<T> Read<T>(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<List<T>>(File.ReadAllText(file), Layout)! : [];
        }
        catch (JsonException e)
        {
            throw new DataFileException(file, "it is damaged; restore it with `git checkout -- data`.", e);
        }
    }

    /// <summary>Reads the runs of a preset that lie below a folder and are done.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="folder">The folder, for example that of a sweep.</param>
    /// <param name="tell">Told in a sentence of each run that is left out.</param>
    /// <returns>The runs by variant and seed.</returns>
    /// <exception cref="DataFileException">A run is damaged, or there is none.</exception>
    public static IReadOnlyList<MeasuredRun> Collect(Preset preset, string folder, Action<string> tell)
    {
        var (runs, settings) = (new List<MeasuredRun>(), preset.Variants.Count > 0 ? preset.Variants : [new SweepSetting("", [])]);
        var paths = Directory.Exists(folder) ? Directory.GetFiles(folder, "run.json", SearchOption.AllDirectories) : [];
        foreach (var run in paths.Order(StringComparer.Ordinal).Select(p => RunFolder.Open(Path.GetDirectoryName(p)!)))
        {
            var (setting, differences) = settings.Select(s => (s.Name, Differences(preset.Options.With(s.Assignments), run.Options)))
                .MinBy(s => s.Item2.Count(d => !Free.Contains(d.Name)));
            var problem = !run.IsDone ? "it is not done"
                : differences.Where(d => !Free.Contains(d.Name)).Select(d => $"{d.Name} is {d.Second}").FirstOrDefault()
                    ?? (run.Scores.Read() is [] ? "it has no scores"
                        : run.Time == TimeSpan.Zero ? "it does not say how long it took: an earlier version trained it"
                        : null);
            if (problem is not null)
            {
                tell($"{run.Path}: left out, {problem}.");
                continue;
            }

            var environment = run.ReadDocument()["environment"]!;
            var changed = differences.Where(d => d.Name is "precision" or "threads" or "device").Select(d => $"{d.Name}={d.Second}");
            var device = run.Options.Run.Device is var d && d == "cpu" ? "" : $", {d}";
            runs.Add(new MeasuredRun(run.Options.Trainer.Seed, run.Time.TotalSeconds,
                $"{environment["processors"]} x {environment["architecture"]}{device}", string.Join(", ", changed),
                run.Scores.Read()[^1].Values.Where(s => double.IsFinite(s.Value)).ToDictionary(), setting.Length > 0 ? setting : null));
        }

        var order = settings.Select(s => s.Name).ToList();
        return runs.Count > 0 ? [.. runs.OrderBy(r => order.IndexOf(r.Setting ?? "")).ThenBy(r => r.Seed)]
            : throw new DataFileException(folder, $"there is no run of the preset {preset.Name} below it that is done.");
    }

    /// <summary>Keeps the runs of a preset in place of those that were kept.</summary>
    /// <param name="preset">Its name.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="file">Another file than the kit's own; null for that.</param>
    /// <returns>The file that was written.</returns>
    public static string Save(string preset, IReadOnlyList<MeasuredRun> runs, string? file = null)
    {
        file ??= FileOf("measured", preset);
        Write(file, runs);
        return file;
    }

    internal static void Write<T>(string file, IReadOnlyList<T> rows) =>
        TensorFile.Write(file, stream => JsonSerializer.Serialize(stream, rows, Layout));

    /// <summary>Where something that was measured of a preset is kept.</summary>
    internal static string FileOf(string what, string preset) =>
        Path.Combine(DataCatalog.Find().ShippedFolder, "presets", what, $"{preset}.json");

    private static List<(string Name, string First, string Second, bool Counts)> Differences(ExperimentOptions here,
        ExperimentOptions there) => [.. ExperimentJson.Differences(here, there).Where(d => d.Name != "seed")];
}
