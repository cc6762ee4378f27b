using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Metrics;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

/// <summary>What a set on the command line of <c>metrics</c> and <c>stats</c> holds: images, features, statistics, or a generator that
/// makes images.</summary>
internal sealed record SampleSource(string Name, ImageSet? Images = null, Tensor? Features = null, FeatureStatistics? Statistics = null,
    LatentGenerator? Generator = null) : IDisposable
{
    /// <summary>Of a generator: what it is, and its file's SHA-256.</summary>
    public string? Origin { get; init; }

    /// <summary>How many samples; null for a generator, and for statistics that do not say.</summary>
    public long? Count => Images?.Count ?? Features?.shape[0] ?? Statistics?.Count;

    /// <summary>Opens a folder of images, a .npy or .npz file, a generator's .safetensors file, or a part of a data set of the catalog,
    /// written SET:PART.</summary>
    public static SampleSource Open(string text, int channels, Action<DataFileException>? onBroken)
    {
        if (Directory.Exists(text))
        {
            var options = new ImageFolderOptions
            {
                Channels = channels, Alpha = AlphaHandling.Drop, OnBroken = onBroken, Progress = TerminalProgress.Of(text),
            };
            return new SampleSource(text, ImageFolder.Read(text, options));
        }

        if (text.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
        {
            using var scope = NewDisposeScope();
            return OfArray(text, NpyFile.Read(text));
        }

        if (text.EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
        {
            using var arrays = NpzFile.Read(text);
            return OfArchive(text, arrays);
        }

        if (text.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            var generator = GeneratorFile.Load(text);
            var origin = $"{generator.GetType().Name}, SHA-256 {DataCatalog.Sha256Of(text)}";
            return new SampleSource(text, Generator: generator) { Origin = origin };
        }

        return text.Split(':') is [var set, var part] && DataCatalog.Find() is var catalog && catalog.Sets.Any(s => s.Name == set)
            ? new SampleSource($"{set} {part}", catalog.LoadImages(set, part))
            : throw new DataFileException(text, "this is no folder of images, no .npy, .npz or .safetensors file, and no SET:PART of " +
                "the data catalog (for example fashion-mnist-small:test).");
    }

    public void Dispose()
    {
        Images?.Dispose();
        Features?.Dispose();
        Statistics?.Dispose();
        Generator?.Dispose();
    }

    private static SampleSource OfArchive(string path, TensorCollection arrays)
    {
        if (arrays.TryGet("mu", out var mean) && arrays.TryGet("sigma", out var covariance))
        {
            var count = arrays.TryGet("count", out var n) ? n.to(ScalarType.Int64).item<long>() : (long?)null;
            return new SampleSource(path, Statistics: new FeatureStatistics(mean, covariance, count));
        }

        return arrays.Count == 1
            ? OfArray(path, arrays.Single().Value)
            : throw new DataFileException(path,
                $"holds the arrays {string.Join(", ", arrays.Names)}; a set is one array, or mu and sigma.");
    }

    private static SampleSource OfArray(string path, Tensor array)
    {
        if (array.is_floating_point() && array.dim() == 2)
        {
            var type = array.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
            return new SampleSource(path, Features: array.to(type, copy: true).DetachFromDisposeScope());
        }

        return array.dtype == ScalarType.Byte && array.dim() is 3 or 4
            ? new SampleSource(path, ImageArray.ToSet(Path.GetFileName(path), array))
            : throw new DataFileException(path, $"holds {array.dtype} of shape ({string.Join(", ", array.shape)}); images are uint8 " +
                $"(N, H, W, C), features floats (N, D).");
    }
}
