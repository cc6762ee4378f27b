using ResearchKit.Data.Toy;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Scoring;

namespace ResearchKit.Experiments.Protocols;

/// <summary>The protocols by which mode collapse is measured: presets named <c>collapse-PROTOCOL-FORM</c>, whose variants are the
/// methods.</summary>
public static class CollapseProtocols
{
    private const string Prefix = "collapse-";

    /// <summary>The scores that tell of collapse, in the order of the table.</summary>
    public static IReadOnlyList<string> Scores { get; } = ["modes", "modesWithoutGate", "highQuality", "offModeMass", "reverseKl",
        "reverseKlWithoutGate"];

    /// <summary>Every protocol with its forms.</summary>
    /// <exception cref="DataFileException">The presets are missing or damaged.</exception>
    public static IReadOnlyList<(string Protocol, string Form, Preset Preset)> All() =>
        [.. PresetCatalog.All().Where(p => p.Name.StartsWith(Prefix, StringComparison.Ordinal) && p.Protocol is not null)
            .Select(p => (p.Name[Prefix.Length..^(p.Protocol!.Form.Length + 1)], p.Protocol.Form, Checked(p.Name, p)))];

    /// <summary>The preset of a protocol in a form.</summary>
    /// <param name="protocol">For example <c>ring8</c>; or a .json file of one's own.</param>
    /// <param name="form"><see cref="PresetProtocol.Quick"/> or <see cref="PresetProtocol.Exact"/>; null for a file's own form, and else
    /// for quick.</param>
    /// <exception cref="ArgumentException">There is none; says which there are. Or the file is a preset without a protocol, or of another
    /// form.</exception>
    /// <exception cref="DataFileException">A file is missing or damaged.</exception>
    public static Preset Find(string protocol, string? form = null)
    {
        if (protocol.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return Own(protocol, form);
        }

        form ??= PresetProtocol.Quick;
        var all = All();
        if (all.FirstOrDefault(p => p.Protocol == protocol && p.Form == form).Preset is { } preset)
        {
            return preset;
        }

        var forms = string.Join(", ", all.Where(p => p.Protocol == protocol).Select(p => p.Form));
        throw new ArgumentException(forms.Length > 0
            ? $"The protocol {protocol} has no form '{form}', only {forms}: name that (--form)."
            : $"There is no protocol '{protocol}' in the form '{form}'; there are " +
                $"{string.Join(", ", all.Select(p => $"{p.Protocol} ({p.Form})"))}.", nameof(protocol));
    }

    /// <summary>The mixture that a protocol's scores are taken against; null for images.</summary>
    public static GaussianMixture? MixtureOf(ExperimentOptions options) =>
        DataKinds.Of(options.Data).Points(options.Data) as GaussianMixture;

    private static Preset Own(string file, string? form)
    {
        var preset = Checked(file, PresetCatalog.Find(file));
        return preset.Protocol is not { } own
            ? throw new ArgumentException($"{file} follows no protocol: give it one (form, source, deviations, published), or use `sweep`.")
            : form is null || form == own.Form ? preset
            : throw new ArgumentException($"{file} has the form '{own.Form}', not '{form}': leave --form away, or name the form that it " +
                $"has.");
    }

    // A published score that no run takes would be left out of the table without a word.
    private static Preset Checked(string file, Preset preset)
    {
        foreach (var (setting, scores) in preset.Protocol?.Published.AsEnumerable() ?? [])
        {
            var variant = preset.Variants.First(v => v.Name == setting);
            var known = ScoreKinds.ValuesOf(preset.Options.With(variant.Assignments)).Select(v => v.Name).ToList();
            if (scores.Keys.FirstOrDefault(s => !known.Contains(s)) is { } unknown)
            {
                throw new DataFileException(file, $"this is no preset: The score '{unknown}' is published of '{setting}', and its runs " +
                    $"take no such score; they take {string.Join(", ", known)}.");
            }
        }

        return preset;
    }
}
