using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Data.Sounds;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Metrics;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

/// <summary>What a set on the command line of <c>metrics</c> and <c>stats</c> holds: images in memory or in a folder, features, statistics,
/// or a generator that makes images.</summary>
internal sealed record SampleSource(string Name) : IDisposable
{
    public ImageSet? Images { get; init; }

    public Tensor? Features { get; init; }

    public FeatureStatistics? Statistics { get; init; }

    /// <summary>A folder of images, which are not read yet.</summary>
    public FolderSource? Folder { get; init; }

    public LatentGenerator? Generator { get; init; }

    /// <summary>Makes or reads sounds, given their number (where it is free), their length and their rate; null for other samples.
    /// </summary>
    public Func<long?, int, int, SoundSet>? Sounds { get; init; }

    /// <summary>Of a generator: SHA-256 of its file; null while its run goes on.</summary>
    public string? Weights { get; init; }

    /// <summary>Of a run: how it reads images.</summary>
    public DataOptions? Data { get; init; }

    private const string Made = "notes"; // by the kit, as many as are asked for
    private const long FreshSeed = 3_000_017; // no run's data are drawn with it

    private IDisposable? Run { get; init; }

    /// <summary>How many samples; null for a generator, and for statistics that do not say.</summary>
    public long? Count => Images?.Count ?? Folder?.Count ?? Features?.shape[0] ?? Statistics?.Count;

    /// <summary>Opens a run or a folder of images, a .npy or .npz file, a generator's .safetensors file, or a part of a data set of the
    /// catalog, written SET:PART.</summary>
    public static SampleSource Open(string text)
    {
        var asked = text;
        text = PretrainedGenerators.Resolve(text);
        if (RunFolder.Exists(text))
        {
            var run = RunFolder.Open(text);
            var loaded = RunGenerator.Load(run, Console.Error.WriteLine);
            return new SampleSource($"{text}, step {loaded.Step}")
            {
                Generator = loaded.Generator, Weights = run.IsDone ? DataCatalog.Sha256Of(run.GeneratorFile) : null,
                Data = run.Options.Data, Run = loaded,
            };
        }

        if (text == Made)
        {
            return new SampleSource(text)
            {
                Sounds = (count, length, rate) => PluckedNotes.Draw((int)(count ?? 1000), length, rate, FreshSeed).Set,
            };
        }

        if (SoundSet.Exists(text))
        {
            return new SampleSource(text) { Sounds = (_, length, rate) => SoundSet.Read(text, length, rate) };
        }

        if (ImageFolder.Exists(text))
        {
            return new SampleSource(text) { Folder = new FolderSource(text, new ImageFolderOptions()) };
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

        if (Path.GetExtension(text).ToLowerInvariant() is ".safetensors" or ".pt" or ".pth" or ".pkl" or ".ckpt")
        {
            var generator = GeneratorFile.Load(text);
            return new SampleSource(asked) { Generator = generator, Weights = DataCatalog.Sha256Of(text), Run = generator };
        }

        return text.Split(':', 2) is [var name, var part] && DataCatalog.Find() is var catalog
            && catalog.Sets.FirstOrDefault(s => s.Name == name) is { } set
            ? set.Format == CatalogFormat.Wav
                ? new SampleSource($"{name} {part}") { Sounds = (_, length, rate) => catalog.LoadSounds(name, part, length, rate) }
                : new SampleSource($"{name} {part}") { Images = catalog.LoadImages(name, part) }
            : throw new DataFileException(text, "this is no run, no folder of images or sounds, no .npy, .npz or .safetensors file, and " +
                "no SET:PART or SET:PART:CLASS of the data catalog (for example fashion-mnist-small:test).");
    }

    public void Dispose()
    {
        Images?.Dispose();
        Features?.Dispose();
        Statistics?.Dispose();
        Run?.Dispose();
    }

    private static SampleSource OfArchive(string path, TensorCollection arrays)
    {
        if (StatisticsFile.Of(path, arrays) is { } statistics)
        {
            return new SampleSource(path) { Statistics = statistics };
        }

        // what guided-diffusion's samplers write: images, and labels beside them
        return arrays.Count == 1 ? OfArray(path, arrays.Single().Value)
            : arrays.TryGet("arr_0", out var first) && first.dtype == ScalarType.Byte ? OfArray(path, first)
            : throw new DataFileException(path,
                $"holds the arrays {string.Join(", ", arrays.Names)}; a set is one array, images called arr_0, or mu and sigma.");
    }

    private static SampleSource OfArray(string path, Tensor array)
    {
        if (array.is_floating_point() && array.dim() == 2)
        {
            var type = array.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
            return new SampleSource(path) { Features = array.to(type, copy: true).DetachFromDisposeScope() };
        }

        return array.dtype == ScalarType.Byte && array.dim() is 3 or 4
            ? new SampleSource(path) { Images = ImageArray.ToSet(Path.GetFileName(path), array) }
            : throw new DataFileException(path, $"holds {array.dtype} of shape ({string.Join(", ", array.shape)}); images are uint8 " +
                $"(N, H, W, C), features floats (N, D).");
    }
}
