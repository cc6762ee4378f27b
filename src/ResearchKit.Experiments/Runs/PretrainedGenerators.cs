using System.Text.Json;
using System.Text.Json.Nodes;
using ResearchKit.Data.Catalog;

namespace ResearchKit.Experiments.Runs;

/// <summary>Generators that ship with the kit, trained by it on data that ship with it: <c>pretrained:NAME</c> wherever a generator's file
/// is asked for.</summary>
public static class PretrainedGenerators
{
    private const string Prefix = "pretrained:";

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names => Directory.Exists(Folder)
        ? [.. Directory.GetFiles(Folder, "*.safetensors").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)]
        : [];

    private static string Folder => Path.Combine(DataCatalog.Find().ShippedFolder, "pretrained");

    /// <summary>The file of a generator where the text is <c>pretrained:NAME</c>, else the text.</summary>
    /// <param name="text">What was asked for.</param>
    /// <exception cref="DataFileException">There is no such generator; says which there are.</exception>
    public static string Resolve(string text) => !text.StartsWith(Prefix, StringComparison.Ordinal) ? text
        : Names.Contains(text[Prefix.Length..]) ? Path.Combine(Folder, $"{text[Prefix.Length..]}.safetensors")
        : throw new DataFileException(text, Names.Count == 0 ? "no generator ships with this version of the kit; train one." :
            $"no such generator ships with the kit; there are {string.Join(", ", Names.Select(n => Prefix + n))}.");

    /// <summary>What a generator was trained on, where its run stands beside it (NAME.run.json), as it does for those that ship.</summary>
    /// <param name="file">The generator's file.</param>
    /// <returns>The side of the images in pixels and the name of the data; null where no run stands there.</returns>
    /// <exception cref="DataFileException">The run's file is damaged.</exception>
    public static (int ImageSize, string Data)? TrainedOn(string file)
    {
        var run = Path.ChangeExtension(file, ".run.json");
        if (!File.Exists(run))
        {
            return null;
        }

        try
        {
            var json = JsonNode.Parse(File.ReadAllText(run))!;
            return ((int)json["data"]!["size"]!, (string)json["options"]!["data"]!);
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new DataFileException(run, "this is no run of the kit, or it is damaged; take it from the kit again.", e);
        }
    }
}
