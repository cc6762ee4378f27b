using System.Text.Json.Nodes;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Losses.Penalties;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>The runs in a sweep's <c>results.csv</c>, for <see cref="PresetMeasurements"/>: the table of a sweep whose folders are gone.
/// </summary>
public static class SweepRuns
{
    /// <summary>Reads the last scores of each run of a preset's variants.</summary>
    /// <param name="preset">The preset that was swept.</param>
    /// <param name="file">The table. It has no times and no machine.</param>
    /// <param name="tell">Told in a sentence of each run that is left out.</param>
    /// <returns>The runs by variant and seed.</returns>
    /// <exception cref="DataFileException">It is no such table, a row has other options than its variant, or no run is whole.</exception>
    public static IReadOnlyList<MeasuredRun> Read(Preset preset, string file, Action<string> tell)
    {
        var table = SweepFile.Read(file);
        var (seedAt, stepAt) = (table.Columns.ToList().IndexOf("seed"), table.Columns.ToList().IndexOf("step"));
        if (seedAt < 1 || stepAt < seedAt || table.Columns[0] != "setting" || preset.Variants.Count == 0)
        {
            throw new DataFileException(file, $"this is no results.csv of a sweep of variants of {preset.Name}.");
        }

        var options = table.Columns.Take(1..seedAt).ToList();
        var scores = table.Columns.Skip(stepAt + 1).Where(c => c != "divergedAt").ToList();
        var runs = new List<MeasuredRun>();
        foreach (var variant in preset.Variants)
        {
            var own = preset.Options.With(variant.Assignments);
            foreach (var rows in table.Rows.Where(r => r["setting"] == variant.Name).GroupBy(r => Whole(r["seed"])))
            {
                if (options.FirstOrDefault(name => !IsSame(own, name, rows.First()[name])) is { } other)
                {
                    throw new DataFileException(file, $"{other} is {rows.First()[other]} in the runs of {variant.Name}, and another " +
                        $"value in the preset {preset.Name}: this is the table of another sweep.");
                }

                var last = rows.MaxBy(r => Whole(r["step"]))!;
                var problem = last.GetValueOrDefault("divergedAt") is { Length: > 0 } step ? $"it diverged at step {step}"
                    : Whole(last["step"]) == own.Run.Steps ? null : $"it ends at step {last["step"]} of {own.Run.Steps}";
                if (problem is not null)
                {
                    tell($"{variant.Name}, seed {rows.Key}: left out, {problem}.");
                    continue;
                }

                runs.Add(new MeasuredRun(rows.Key, null, null, "", scores.Where(s => last[s].Length > 0)
                    .Select(s => KeyValuePair.Create(s, double.Parse(last[s], CultureInfo.InvariantCulture)))
                    .Where(s => double.IsFinite(s.Value)).ToDictionary(), variant.Name));
            }
        }

        return runs.Count > 0 ? runs : throw new DataFileException(file, $"there is no whole run of a variant of {preset.Name} in it.");
    }

    private static long Whole(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    // A table of an earlier version has earlier names, and 0 for none.
    private static bool IsSame(ExperimentOptions options, string name, string text)
    {
        var value = double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : (JsonNode)text;
        var (now, updated) = OldOptions.Update(new JsonObject { [name] = value }).First();
        var read = updated is null || (PenaltyEntry.All.Has(now) && text == "0") ? "none" : text;
        var own = ExperimentJson.ValueOf(options, now);
        return ExperimentJson.ValueOf(options.With($"{now}={read}"), now) == own
            || (now, own, text) is ("normalization", "auto", "Batch"); // what auto means for the networks that there were then
    }
}
