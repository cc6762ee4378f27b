using System.Text.Json.Nodes;
using ResearchKit.Data;
using ResearchKit.Data.Text;
using ResearchKit.Experiments.Building;

namespace ResearchKit.Experiments.Runs;

/// <summary>What a run's images were when it began, as <c>run.json</c> keeps it.</summary>
internal static class RunData
{
    public static JsonObject Of(DataSummary data) => new()
    {
        ["images"] = data.Images, ["heldOut"] = data.HeldOut, ["unused"] = data.Unused,
        ["leftOut"] = new JsonArray([.. data.LeftOut.Select(l => JsonValue.Create(l))]),
        ["kind"] = data.Shape.Kind.ToWord(), ["size"] = data.Shape.Size, ["channels"] = data.Shape.Channels, ["rate"] = data.Shape.Rate,
        ["frames"] = data.Shape.Frames,
        ["vocabulary"] = data.Shape.Vocabulary?.Characters, ["padded"] = data.Shape.Vocabulary?.IsPadded,
        ["classes"] = data.Shape.Classes is { } classes
            ? new JsonObject(classes.Names.Zip(classes.Counts, (name, count) => KeyValuePair.Create(name, (JsonNode?)count)))
            : null,
        ["sha256"] = data.Sha256,
    };

    // Runs of earlier versions are all of images, and have no kind, no rate, no frames and no vocabulary.
    public static SampleShape? ShapeOf(JsonObject? data) => data is null ? null
        : new SampleShape(Enum.GetValues<SampleKind>().FirstOrDefault(k => k.ToWord() == (string?)data["kind"], SampleKind.Images),
            Number(data, "size"), Number(data, "channels"), data["classes"] is not JsonObject classes
            ? null
            : new SampleClasses([.. classes.Select(c => c.Key)], [.. classes.Select(c => (long)Number(classes, c.Key))]))
        {
            Rate = (int?)data["rate"] ?? 0, Frames = (int?)data["frames"] ?? 0,
            Vocabulary = (string?)data["vocabulary"] is { } characters ? Characters(characters, (bool?)data["padded"] ?? true) : null,
        };

    private static Vocabulary Characters(string characters, bool padded)
    {
        try
        {
            return new Vocabulary(characters, padded);
        }
        catch (ArgumentException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static int Number(JsonObject json, string name) =>
        json[name]?.GetValue<int>() ?? throw new FormatException($"Its data have no {name}.");

    public static void Require(string path, string name, JsonObject then, DataSummary now)
    {
        if ((string?)then["sha256"] == now.Sha256)
        {
            return;
        }

        var count = Number(then, "images") + Number(then, "heldOut") + Number(then, "unused");
        var what = now.Shape.Kind.ToWord();
        throw new DataFileException(path, $"the {what} of {name} are not those that this run began with: " +
            (count == now.Count ? $"of its {count} {what} some are others (SHA-256 {now.Sha256}, then {(string?)then["sha256"]})"
                : $"there are {now.Count} now, and there were {count}") +
            $"; put the old ones back, or begin another run, which `--from {path}` starts from these networks.");
    }
}
