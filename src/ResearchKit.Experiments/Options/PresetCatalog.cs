using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Scoring;
using ResearchKit.Files;

namespace ResearchKit.Experiments.Options;

/// <summary>The presets: JSON files in <c>data/presets</c>.</summary>
public static class PresetCatalog
{
    /// <summary>All presets by name.</summary>
    /// <exception cref="DataFileException">The folder is missing, or a file is damaged.</exception>
    public static IReadOnlyList<Preset> All() => [.. Directory.GetFiles(Folder(), "*.json").Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>The preset of a name, or one's own from a JSON file.</summary>
    /// <param name="name">A name, or the path of a file that ends in .json.</param>
    /// <exception cref="ArgumentException">There is no such preset; says which there are.</exception>
    /// <exception cref="DataFileException">The file is missing or damaged.</exception>
    public static Preset Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return Read(name);
        }

        var all = All();
        return all.FirstOrDefault(p => p.Name == name)
            ?? throw new ArgumentException($"There is no preset '{name}'; there are {string.Join(", ", all.Select(p => p.Name))}, or " +
            $"name a .json file of your own.", nameof(name));
    }

    // A published score that no run takes would be left out of the table without a word.
    private static void CheckScores(PresetProtocol? protocol, string setting, ExperimentOptions options)
    {
        if (protocol?.Published.TryGetValue(setting, out var scores) != true)
        {
            return;
        }

        var known = ScoreKinds.NamesOf(options);
        if (scores!.Keys.FirstOrDefault(s => !known.Contains(s)) is { } unknown)
        {
            throw new FormatException($"The score '{unknown}' is published of '{setting}', and its runs take no such score; they take " +
                $"{string.Join(", ", known)}.");
        }
    }

    private static string Folder() => Path.Combine(DataCatalog.Find().ShippedFolder, "presets");

    private static Preset Read(string file)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(file)) as JsonObject ?? throw new FormatException("It is no object.");
            var title = (string?)json["title"] ?? throw new FormatException("it has no title, and needs one and options");
            var options = ExperimentJson.Read(json["options"]?.ToJsonString()
                ?? throw new FormatException("it has no options, and needs a title and them"));
            var variants = json["variants"]?.AsObject()
                .Select(v => new SweepSetting(v.Key,
                [.. (v.Value as JsonObject ?? throw new FormatException($"The variant {v.Key} is no object."))
                .Select(o => $"{o.Key}={o.Value}")])).ToList()
                ?? [];
            variants.ForEach(v => ExperimentJson.With(options, v.Assignments));
            var protocol = json["protocol"] is { } p ? ExperimentJson.ReadProtocol(p.ToJsonString()) : null;
            if (protocol?.Published.Keys.FirstOrDefault(k => variants.All(v => v.Name != k)) is { } stranger)
            {
                throw new FormatException($"Something is published of '{stranger}', which is none of its variants.");
            }

            variants.ForEach(v => CheckScores(protocol, v.Name, ExperimentJson.With(options, v.Assignments)));
            return new Preset(Path.GetFileNameWithoutExtension(file), title, options, variants, protocol);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(file, "no such preset file; check the name.", e);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new DataFileException(file, $"this is no preset: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
