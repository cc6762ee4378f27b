using System.Text.Json;
using System.Text.Json.Serialization;
using ResearchKit.Files;
using ResearchKit.Models.Translation;
using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Models;

/// <summary>Keeps a generator in one safetensors file, from which it is built again: the metadata has its constructor's values.</summary>
/// <remarks>Nothing in a file runs: the architecture is one of a closed list, and a network is built only when the file can fill
/// it.</remarks>
public static class GeneratorFile
{
    private const string ArchitectureKey = "architecture";
    private const string OptionsKey = "options";

    /// <summary>Writes a generator, whole or not at all.</summary>
    /// <param name="generator">The generator of an architecture of <see cref="Architectures.All"/>, on any device.</param>
    /// <param name="path">The file; missing folders are made and an old file is replaced.</param>
    /// <exception cref="ArgumentException">The generator is of another kind.</exception>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public static void Save(LatentGenerator generator, string path)
    {
        var format = FormatOf(generator, "A file holds");
        if (generator.parameters().FirstOrDefault(p => p.dtype != ScalarType.Float32) is { } other)
        {
            throw new ArgumentException($"A generator's file holds float32, and this {generator.GetType().Name} has {other.dtype}: " +
                $"convert it first, with to(ScalarType.Float32).", nameof(generator));
        }

        StateFile.Save(generator, path,
            new Dictionary<string, string> { [ArchitectureKey] = format.Name, [OptionsKey] = format.Write(generator) });
    }

    /// <summary>Builds the generator of a file.</summary>
    /// <param name="path">What <see cref="Save"/> wrote.</param>
    /// <returns>The generator on the CPU, in evaluation mode. The global random state stays. The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file is missing, damaged or hostile, holds no generator of a known kind, or one with weights
    /// that are not finite.</exception>
    public static LatentGenerator Load(string path)
    {
        var convert = $"`researchkit convert {Path.GetFileName(path)} NEW.safetensors --as NAME --size PIXELS --channels C`";
        if (TorchFile.IsOne(path))
        {
            throw new DataFileException(path, $"this is a PyTorch file, which does not say what network its weights belong to; where it " +
                $"is a {Known}, say so once with {convert}, and take the new file.");
        }

        var (metadata, numbers, count) = TensorFile.Read(path, file =>
        {
            var header = SafetensorsHeader.Read(file, path);
            return (header.Metadata, header.Entries.Sum(e => (e.End - e.Begin) / e.Type.Size), header.Entries.Count);
        });
        if (metadata.ContainsKey(TranslatorFile.Key))
        {
            throw new DataFileException(path, "these generators translate images, and draw none from z: use `researchkit translate`.");
        }

        if (!metadata.TryGetValue(ArchitectureKey, out var name) || !metadata.TryGetValue(OptionsKey, out var options))
        {
            throw new DataFileException(path, "its metadata names no architecture, so nobody knows which network the weights belong to; " +
                $"a generator's file has the keys {ArchitectureKey} ({Known}) and {OptionsKey} (its sizes, as " +
                $"JSON) and tensors of the network's names: write it with {convert}, or with GeneratorFile.Save.");
        }

        var format = Formats.FirstOrDefault(f => f.Name == name)
            ?? throw new DataFileException(path, $"it holds a {TensorFile.Quote(name)}, and the kit builds a {Known} only; load its " +
                $"weights with StateFile into a network of yours.");
        var before = RandomState.Capture(); // a new network draws its weights
        LatentGenerator? generator = null;
        try
        {
            generator = Build(path, format, options, numbers, count);
            StateFile.Load(generator, path);
            RequireFinite(generator, path);
            generator.eval();
            return generator;
        }
        catch
        {
            generator?.Dispose();
            throw;
        }
        finally
        {
            before.Restore();
        }
    }

    /// <summary>Copies a generator: same kind, weights, device and dtype.</summary>
    /// <param name="generator">The generator of an architecture of <see cref="Architectures.All"/>.</param>
    /// <returns>The copy. The global random state stays. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The generator is of another kind.</exception>
    internal static LatentGenerator Copy(LatentGenerator generator)
    {
        var format = FormatOf(generator, "A copy can be made of");
        var before = RandomState.Capture(); // a new network draws its weights
        var copy = format.Values(generator).Build();
        before.Restore();
        var like = generator.parameters().First();
        copy.to(like.dtype).to(like.device);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var state = copy.state_dict();
        foreach (var (name, value) in generator.state_dict())
        {
            state[name].copy_(value);
        }

        return copy;
    }

    /// <summary>Refuses a generator whose training has broken down.</summary>
    /// <exception cref="DataFileException">A weight is NaN or infinite.</exception>
    internal static void RequireFinite(LatentGenerator generator, string path)
    {
        using var scope = NewDisposeScope();
        if (generator.state_dict().Where(w => w.Value.is_floating_point()).FirstOrDefault(w => !w.Value.isfinite().all().item<bool>()).Key
            is { } name)
        {
            throw new DataFileException(path, $"its generator has weights that are NaN or infinite ({name}), so its training broke down; " +
                "take an earlier checkpoint or another run.");
        }
    }

    private static GeneratorFormat FormatOf(LatentGenerator generator, string what) =>
        Formats.FirstOrDefault(f => f.Generator == generator.GetType())
            ?? throw new ArgumentException($"{what} a {Known}, not a {generator.GetType().Name}; keep its weights with StateFile.",
                nameof(generator));

    private static IEnumerable<GeneratorFormat> Formats =>
        Architectures.All.Select(a => a.File).OfType<GeneratorFormat>().Distinct();

    private static string Known => string.Join(" or ", Formats.Select(f => f.Name).Order(StringComparer.Ordinal));

    private static LatentGenerator Build(string path, GeneratorFormat format, string options, long numbers, int count)
    {
        try
        {
            var values = format.Read(options);
            var sizes = values.WeightSizes().ToArray();
            var needed = sizes.Sum();
            return needed <= numbers && sizes.Length <= count
                ? values.Build()
                : throw new DataFileException(path, $"its options ask for a {format.Name} of {needed:0} numbers and more, and the file " +
                    $"holds {numbers}; the metadata is damaged, get the file again.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new DataFileException(path,
                $"its options {TensorFile.Quote(options)} are not those of a {format.Name}; the metadata is damaged, get the file again.",
                e);
        }
    }
}

/// <summary>How a kind of generator stands in a file: by its type's name and its constructor's values as JSON.</summary>
internal sealed record GeneratorFormat(Type Generator, Func<LatentGenerator, GeneratorValues> Values, Type ValuesType)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() },
        RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string Name => Generator.Name;

    public static GeneratorFormat Of<TGenerator, TValues>(Func<TGenerator, TValues> values)
        where TGenerator : LatentGenerator
        where TValues : GeneratorValues =>
        new(typeof(TGenerator), g => values((TGenerator)g), typeof(TValues));

    public string Write(LatentGenerator generator) => JsonSerializer.Serialize(Values(generator), ValuesType, Json);

    /// <exception cref="JsonException">The text is not of these values.</exception>
    public GeneratorValues Read(string json) =>
        (GeneratorValues?)JsonSerializer.Deserialize(json, ValuesType, Json) ?? throw new JsonException("it is null");
}

/// <summary>The constructor's values of a generator.</summary>
internal abstract record GeneratorValues
{
    /// <summary>Builds it; an <see cref="ArgumentException"/> tells of a value out of range.</summary>
    public abstract LatentGenerator Build();

    /// <summary>Numbers in the weight of each of its layers, without normalisations: what a file must bring before memory is taken for it.
    /// In float64, which no hostile value overflows.</summary>
    public abstract IEnumerable<double> WeightSizes();
}
