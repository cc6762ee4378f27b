using System.Text.Json;
using ResearchKit.Files;
using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Models;

/// <summary>Keeps a generator in one safetensors file, from which it is built again: the metadata names the architecture and its
/// constructor's values.</summary>
/// <remarks>Nothing in a file runs: the architecture is one of a closed list, and a network is built only when the file is long enough to
/// fill it.</remarks>
public static class GeneratorFile
{
    private const string ArchitectureKey = "architecture";
    private const string OptionsKey = "options";

    /// <summary>Writes a generator, whole or not at all.</summary>
    /// <param name="generator">A <see cref="DcganGenerator"/>, an <see cref="MlpGenerator"/> or an <see cref="UnrolledDigitsGenerator"/>,
    /// on any device.</param>
    /// <param name="path">The file; missing folders are made and an old file is replaced.</param>
    /// <exception cref="ArgumentException">The generator is of another kind.</exception>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public static void Save(LatentGenerator generator, string path)
    {
        ArgumentNullException.ThrowIfNull(generator);
        var kind = GeneratorArchitecture.All.FirstOrDefault(a => a.Write(generator) is not null)
            ?? throw new ArgumentException($"A file holds a {Known}, not a {generator.GetType().Name}; keep its weights with StateFile.",
                nameof(generator));
        if (generator.parameters().FirstOrDefault(p => p.dtype != ScalarType.Float32) is { } other)
        {
            throw new ArgumentException($"A generator's file holds float32, and this {generator.GetType().Name} has {other.dtype}: " +
                $"convert it first, with to(ScalarType.Float32).", nameof(generator));
        }

        StateFile.Save(generator, path, new Dictionary<string, string> { [ArchitectureKey] = kind.Name,
            [OptionsKey] = kind.Write(generator)! });
    }

    /// <summary>Builds the generator of a file.</summary>
    /// <param name="path">What <see cref="Save"/> wrote.</param>
    /// <returns>The generator on the CPU, in evaluation mode. The global random generator stays as it was. The caller disposes
    /// it.</returns>
    /// <exception cref="DataFileException">The file is missing, damaged or hostile, or holds no generator of a known kind.</exception>
    public static LatentGenerator Load(string path)
    {
        var (metadata, numbers, count) = TensorFile.Read(path, file =>
        {
            var header = SafetensorsHeader.Read(file, path);
            return (header.Metadata, header.Entries.Sum(e => (e.End - e.Begin) / e.Type.Size), header.Entries.Count);
        });
        if (!metadata.TryGetValue(ArchitectureKey, out var name) || !metadata.TryGetValue(OptionsKey, out var options))
        {
            throw new DataFileException(path, "its metadata names no architecture, so nobody knows which network the weights belong to; " +
                "save the generator with GeneratorFile.Save.");
        }

        var kind = GeneratorArchitecture.All.FirstOrDefault(a => a.Name == name)
            ?? throw new DataFileException(path, $"it holds a {TensorFile.Quote(name)}, and the kit builds a {Known} only; load its " +
                $"weights with StateFile into a network of yours.");
        var before = RandomState.Capture(); // a new network draws its weights
        LatentGenerator? generator = null;
        try
        {
            generator = Build(path, kind, options, numbers, count);
            StateFile.Load(generator, path);
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

    private static string Known => string.Join(" or ", GeneratorArchitecture.All.Select(a => a.Name));

    private static LatentGenerator Build(string path, GeneratorArchitecture kind, string options, long numbers, int count)
    {
        try
        {
            var plan = kind.Read(options);
            var needed = plan.LeastNumbers();
            return needed <= numbers && plan.Layers <= count
                ? plan.Build()
                : throw new DataFileException(path, $"its options ask for a {kind.Name} of {needed:0} numbers and more, and the file " +
                    $"holds {numbers}; the metadata is damaged, get the file again.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new DataFileException(path,
                $"its options {TensorFile.Quote(options)} are not those of a {kind.Name}; the metadata is damaged, get the file again.", e);
        }
    }
}
