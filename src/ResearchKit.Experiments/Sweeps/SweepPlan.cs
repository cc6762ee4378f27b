using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;

namespace ResearchKit.Experiments.Sweeps;

/// <summary>One run of a sweep.</summary>
/// <param name="Setting">Its point of the grid.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Options">Its options, seed and changes included.</param>
/// <param name="Folder">Its folder below the sweep's.</param>
public sealed record SweepCell(SweepSetting Setting, long Seed, ExperimentOptions Options, string Folder)
{
    /// <summary>The run's folder, opened; null where it has not begun.</summary>
    /// <exception cref="DataFileException">The folder holds a run with other options, or is damaged.</exception>
    public RunFolder? Find(string sweep)
    {
        var path = Path.Combine(sweep, Folder);
        if (!RunFolder.Exists(path))
        {
            return null;
        }

        var run = RunFolder.Open(path);
        return ExperimentJson.Hash(run.Options) == ExperimentJson.Hash(Options) ? run : throw new DataFileException(path,
            "this folder holds a run with other options than the sweep's; name another folder for the sweep, or delete this one.");
    }
}

/// <summary>A grid of runs: every setting with every seed, each with a folder of its own.</summary>
public sealed class SweepPlan
{
    private SweepPlan(Preset preset, IReadOnlyList<SweepSetting> settings, IReadOnlyList<SweepCell> cells) =>
        (Preset, Settings, Cells) = (preset, settings, cells);

    /// <summary>What is varied.</summary>
    public Preset Preset { get; }

    /// <summary>The grid's points; the first is the one that others are compared with.</summary>
    public IReadOnlyList<SweepSetting> Settings { get; }

    /// <summary>The runs, seed by seed, so that an early end leaves whole seeds.</summary>
    public IReadOnlyList<SweepCell> Cells { get; }

    /// <summary>The options in which the settings differ.</summary>
    public IReadOnlyList<string> Swept => [.. Settings.SelectMany(s => s.Assignments).Select(NameOf).Distinct()
        .Where(name => Cells.Select(c => ExperimentJson.ValueOf(c.Options, name)).Distinct().Count() > 1)];

    /// <summary>Plans a sweep.</summary>
    /// <param name="preset">What is varied. Where it has variants, each is a setting.</param>
    /// <param name="axes">Each <c>name=value,value,...</c>: the grid is the product of all of them. Commas within parentheses separate
    /// nothing, nor do those of <c>scores</c>, which are a list themselves.</param>
    /// <param name="seeds">The seeds of every setting.</param>
    /// <param name="variants">The preset's variants to run; null for all.</param>
    /// <exception cref="ArgumentException">No seed, a doubled one, no such variant, two settings with the same folder, or options that are
    /// out of their range or do not go together.</exception>
    /// <exception cref="FormatException">There is no such option, or a value does not fit.</exception>
    public static SweepPlan Create(Preset preset, IEnumerable<string> axes, IEnumerable<long> seeds,
        IReadOnlyCollection<string>? variants = null)
    {
        long[] chosen = [.. seeds];
        if (chosen.Length == 0 || chosen.Distinct().Count() != chosen.Length)
        {
            throw new ArgumentException("A sweep needs at least one seed, and each only once.", nameof(seeds));
        }

        var (settings, changes) = (Variants(preset, variants), axes.Select(Axis).ToList());
        Refuse(changes.Select(a => NameOf(a[0].Assignments[0])).ToList());
        foreach (var axis in changes)
        {
            settings = [.. settings.SelectMany(s => axis.Select(s.And))];
        }

        settings = [.. settings.Select(s => s.Name.Length > 0 ? s : s with { Name = preset.Name })];
        if (Twins(settings, s => s.FolderName, StringComparer.OrdinalIgnoreCase) is var (names, folder))
        {
            throw new ArgumentException($"The settings {names} would share the folder {folder}; give each value once, and variants names " +
                $"that differ in letters, digits or . = _ -", nameof(axes));
        }

        var cells = chosen.SelectMany(seed => settings.Select(s => new SweepCell(s, seed,
            preset.Options.With([.. s.Assignments, Invariant($"seed={seed}")]),
            Path.Combine(s.FolderName, Invariant($"seed-{seed}"))))).ToList();
        var first = cells.Take(settings.Count).ToDictionary(c => c.Setting, c => c.Options);
        foreach (var options in first.Values)
        {
            RunFolder.Check(options); // now, and not in the middle of the sweep
        }

        return Twins(settings, s => ExperimentJson.Hash(first[s]), StringComparer.Ordinal) is var (same, _)
            ? throw new ArgumentException($"The settings {same} are one and the same; give each value once.", nameof(axes))
            : new SweepPlan(preset, settings, cells);
    }

    private static (string Names, string Key)? Twins(IEnumerable<SweepSetting> settings, Func<SweepSetting, string> key,
        StringComparer comparer) => settings.GroupBy(key, comparer).FirstOrDefault(g => g.Count() > 1) is { } twins
            ? (string.Join(" and ", twins.Select(s => $"'{s.Name}'")), twins.Key)
            : null;

    private static string NameOf(string assignment) => assignment.Split('=')[0].Trim();

    private static void Refuse(List<string> names)
    {
        if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The option {twice.Key} is named twice; name it once, with all its values.");
        }

        if (names.Contains("seed"))
        {
            throw new ArgumentException("The seeds of a sweep are named by themselves (--seeds), not as an option.");
        }
    }

    private static List<SweepSetting> Variants(Preset preset, IReadOnlyCollection<string>? wanted)
    {
        if (wanted?.FirstOrDefault(w => preset.Variants.All(v => v.Name != w)) is { } unknown)
        {
            throw new ArgumentException($"The preset {preset.Name} has no variant '{unknown}'; it has " +
                $"{(preset.Variants.Count == 0 ? "none" : string.Join("; ", preset.Variants.Select(v => v.Name)))}.", nameof(wanted));
        }

        return preset.Variants.Count == 0
            ? [new SweepSetting("", [])]
            : [.. preset.Variants.Where(v => wanted is null || wanted.Contains(v.Name))];
    }

    // An axis of one value changes every setting alike, and needs no place in their names.
    private static SweepSetting[] Axis(string text)
    {
        var (name, values) = text.Split('=', 2, StringSplitOptions.TrimEntries) is [var n, var v]
            ? (n, n == "scores" ? [v] : Values(v))
            : throw new FormatException($"'{text}' is no name=value,value,...");
        return [.. values.Select(value => new SweepSetting(values.Count == 1 ? "" : $"{name}={value}", [$"{name}={value}"]))];
    }

    private static List<string> Values(string text)
    {
        var (values, depth, start) = (new List<string>(), 0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                values.Add(text[start..i].Trim());
                start = i + 1;
            }
            else
            {
                depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            }
        }

        return values;
    }
}
