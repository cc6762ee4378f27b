using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ResearchKit.Data.Catalog;
using ResearchKit.Data.Clips;

namespace ResearchKit.Experiments.Options;

/// <summary>The presets: JSON files in <c>data/presets</c>.</summary>
public static class PresetCatalog
{
    /// <summary>Stands for data that a preset has not: a folder of one's own, to be named beside it.</summary>
    public const string OwnFolder = "FOLDER";

    /// <summary>Stands likewise for a text file of one's own.</summary>
    public const string OwnFile = "FILE.txt";

    /// <summary>Stands likewise for a folder of clips of one's own.</summary>
    public const string OwnClips = OwnFolder + ClipFolder.Suffix;

    private static readonly string[] Keys = ["title", "base", "options", "variants", "protocol", "published"];

    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    };

    /// <summary>All presets by name.</summary>
    /// <exception cref="DataFileException">The folder is missing, or a file is damaged.</exception>
    public static IReadOnlyList<Preset> All() =>
        [.. Directory.GetFiles(Path.Combine(DataCatalog.Find().ShippedFolder, "presets"), "*.json").Order(StringComparer.Ordinal)
            .Select(Read)];

    /// <summary>The preset of a name, or one's own from a JSON file.</summary>
    /// <param name="name">A name, or the path of a file that ends in .json.</param>
    /// <exception cref="ArgumentException">There is no such preset; says which there are.</exception>
    /// <exception cref="DataFileException">The file is missing or damaged.</exception>
    public static Preset Find(string name)
    {
        if (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return Read(name);
        }

        var all = All();
        return all.FirstOrDefault(p => p.Name == name) ?? throw new ArgumentException(
            $"There is no preset '{name}'; there are {string.Join(", ", all.Select(p => p.Name))}, or name a .json file of your own.",
            nameof(name));
    }

    private static Preset Read(string file)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(file)) as JsonObject ?? throw new FormatException("It is no object.");
            if (json.Select(p => p.Key).FirstOrDefault(key => !Keys.Contains(key)) is { } unknown)
            {
                throw new FormatException($"it has no use for '{unknown}'; its parts are {string.Join(", ", Keys)}");
            }

            var title = (string?)json["title"] ?? throw new FormatException("it has no title, and needs one and options");
            var changes = json["options"]?.AsObject() ?? throw new FormatException("it has no options, and needs a title and them");
            var options = json["base"] is { } name ? Base((string)name!, file).Options.With(Assignments(changes))
                : ExperimentJson.Read(changes);
            var variants = (json["variants"]?.AsObject() ?? []).Select(v => Variant(v.Key, v.Value)).ToList();
            variants.ForEach(v => options.With(v.Assignments));
            var protocol = json["protocol"] is { } p ? Protocol(p, variants) : null;
            return new Preset(Path.GetFileNameWithoutExtension(file), title, options, variants, protocol)
            {
                Published = json["published"]?.Deserialize<List<PublishedScore>>(Strict) ?? [],
            };
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

    // One that begins with the options of another may not go in a circle: the other is no such one.
    private static Preset Base(string name, string file)
    {
        var path = Path.Combine(DataCatalog.Find().ShippedFolder, "presets", $"{name}.json");
        return JsonNode.Parse(File.ReadAllText(path))?["base"] is null
            ? Read(path)
            : throw new FormatException($"its base {name} has a base itself: name that one in {Path.GetFileName(file)}");
    }

    private static SweepSetting Variant(string name, JsonNode? changes) => new(name,
        [.. Assignments(changes as JsonObject ?? throw new FormatException($"The variant {name} is no object."))]);

    private static IEnumerable<string> Assignments(JsonObject changes) =>
        OldOptions.Update(changes).Select(o => $"{o.Key}={o.Value?.ToString() ?? "none"}");

    private static PresetProtocol Protocol(JsonNode json, List<SweepSetting> variants)
    {
        PresetProtocol protocol;
        try
        {
            protocol = json.Deserialize<PresetProtocol>(Strict)!;
        }
        catch (JsonException e)
        {
            throw new FormatException("The protocol is not as it must be (form, source, deviations, published; tunedOn and reportedOn " +
                $"where seeds were chosen): {e.Message.Split(" Path:")[0]}", e);
        }

        var wrongSeeds = ((string Name, string? Seeds)[])[("tunedOn", protocol.TunedOn), ("reportedOn", protocol.ReportedOn)];
        var problem = protocol.Form is not (PresetProtocol.Exact or PresetProtocol.Quick)
                ? $"Its form is '{protocol.Form}'; it must be {PresetProtocol.Exact} or {PresetProtocol.Quick}."
            : protocol.Form == PresetProtocol.Quick && protocol.Deviations.Count == 0 ? "A quick form must name its deviations."
            : Array.Find(wrongSeeds, s => !AreSeeds(s.Seeds)) is { Name: { } name } wrong
                ? $"Its {name} is '{wrong.Seeds}'; it must be seeds like 0..9."
            : protocol.Published.FirstOrDefault(p => p.Value?.Values.All(IsNumber) != true).Key is { } setting
                ? $"What is published of '{setting}' is not as it must be: each score needs a mean, and its error (from 0) and runs " +
                    "(from 1) where they are known."
            : protocol.Published.Keys.FirstOrDefault(k => variants.All(v => v.Name != k)) is { } stranger
                ? $"Something is published of '{stranger}', which is none of its variants."
            : null;
        return problem is null ? protocol : throw new FormatException(problem);
    }

    private static bool IsNumber(PublishedValue? value) =>
        value is { Error: null or >= 0, Runs: null or >= 1 } && double.IsFinite(value.Mean);

    private static bool AreSeeds(string? seeds) => seeds is null || (seeds.Split("..") is [var first, var last]
        && long.TryParse(first, out var low) && long.TryParse(last, out var high) && 0 <= low && low <= high);
}
