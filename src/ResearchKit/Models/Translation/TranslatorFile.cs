using System.Text.Json;
using System.Text.Json.Serialization;
using ResearchKit.Files;
using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Models.Translation;

/// <summary>Keeps the generators of a training from image to image in one safetensors file, from which they are built again.</summary>
/// <remarks>Nothing in a file runs, and a network is built only when the file can fill it.</remarks>
public static class TranslatorFile
{
    /// <summary>The metadata's key that makes a file one.</summary>
    internal const string Key = "translators";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Whether a file is one.</summary>
    /// <exception cref="DataFileException">It is missing or no safetensors file.</exception>
    public static bool IsOne(string path) => Header(path).Metadata.ContainsKey(Key);

    /// <summary>Writes generators, whole or not at all.</summary>
    /// <param name="translators">Of the kit's networks, on any device.</param>
    /// <param name="path">The file; missing folders are made and an old file is replaced.</param>
    /// <exception cref="ArgumentException">A generator is of another kind.</exception>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public static void Save(Translators translators, string path)
    {
        var pair = new Pair(Describe(translators.AToB), translators.BToA is null ? null : Describe(translators.BToA));
        StateFile.Save(translators, path, new Dictionary<string, string> { [Key] = JsonSerializer.Serialize(pair, Json) });
    }

    /// <summary>Builds the generators of a file.</summary>
    /// <param name="path">What <see cref="Save"/> wrote.</param>
    /// <returns>On the CPU, in evaluation mode. The global random state stays. The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, damaged or hostile, or holds no such generators.</exception>
    public static Translators Load(string path)
    {
        var (metadata, numbers) = Header(path);
        if (!metadata.TryGetValue(Key, out var text))
        {
            throw new DataFileException(path, "it holds no generators from image to image: take the generator.safetensors of a run of " +
                "cyclegan or pix2pix.");
        }

        var before = RandomState.Capture(); // a new network draws its weights
        try
        {
            var pair = JsonSerializer.Deserialize<Pair>(text, Json);
            if (pair?.AToB is null)
            {
                throw new JsonException("there is no generator");
            }

            if (pair.AToB.Weights + (pair.BToA?.Weights ?? 0) > numbers)
            {
                throw new JsonException("the file holds fewer numbers");
            }

            var translators = new Translators(pair.AToB.Build(), pair.BToA?.Build());
            StateFile.Load(translators, path);
            translators.eval();
            return translators;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new DataFileException(path, $"its metadata {TensorFile.Quote(text)} describe no such generators; get the file again.", e);
        }
        finally
        {
            before.Restore();
        }
    }

    private static (IReadOnlyDictionary<string, string> Metadata, double Numbers) Header(string path) => TensorFile.Read(path, file =>
    {
        var header = SafetensorsHeader.Read(file, path);
        return (header.Metadata, header.Entries.Sum(e => (double)(e.End - e.Begin) / e.Type.Size));
    });

    private static Values Describe(ImageTranslator translator) => translator switch
    {
        ResNetTranslator r => new(nameof(ResNetTranslator), r.Inputs, r.Outputs, r.Features, Blocks: r.Blocks),
        UNetTranslator u => new(nameof(UNetTranslator), u.Inputs, u.Outputs, u.Features, Levels: u.Levels, Normalization: u.Normalization),
        _ => throw new ArgumentException($"A file holds a ResNetTranslator or a UNetTranslator, not a {translator.GetType().Name}; keep " +
            "its weights with StateFile.", nameof(translator)),
    };

    private sealed record Pair(Values AToB, Values? BToA);

    private sealed record Values(string Kind, int Inputs, int Outputs, int Features, int? Blocks = null, int? Levels = null,
        TranslationNormalization? Normalization = null)
    {
        /// <summary>Numbers that it has at least: those of its widest layers.</summary>
        [JsonIgnore]
        public double Weights => Kind == nameof(ResNetTranslator)
            ? (Blocks ?? 0) * 2.0 * 9 * 16 * Features * Features
            : 2.0 * 16 * (Levels >= 5 ? 64 : 2) * Features * Features;

        public ImageTranslator Build() => (Kind, Blocks, Levels, Normalization) switch
        {
            (nameof(ResNetTranslator), { } blocks, null, null) => new ResNetTranslator(Inputs, Outputs, Features, blocks),
            (nameof(UNetTranslator), null, { } levels, { } normalization) =>
                new UNetTranslator(levels, Inputs, Outputs, Features, normalization),
            _ => throw new JsonException($"there is no {Kind} of these values"),
        };
    }
}
