using ResearchKit.Data;
using ResearchKit.Data.Sounds;
using ResearchKit.Imaging;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Metrics.Sounds;
using ResearchKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

/// <summary>Opens sets for <c>metrics</c> and <c>stats</c>, reads them alike, and sends them through the feature network, which is loaded
/// when it is first needed.</summary>
internal sealed class FeatureSource(FeatureOptions options, bool floatsAreLogits, CancellationToken cancellation) : IDisposable
{
    private readonly FeatureCache? _cache = options.Cached && FeatureCache.DefaultFolder is { } folder
        ? new FeatureCache(folder, options.Device.type.ToString().ToLowerInvariant())
        : null;
    private readonly List<SampleSource> _sources = [];
    private IFeatureNetwork? _network;
    private (int Size, int Channels)? _made; // what a generator makes: real images are brought to it, as in training

    /// <summary>Opens the sets that are to be seen alike.</summary>
    public SampleSource[] Open(params string?[] texts)
    {
        foreach (var text in texts.OfType<string>())
        {
            _sources.Add(SampleSource.Open(text));
        }

        if (_sources.FirstOrDefault(s => s.Generator is not null) is { Generator: { } generator and not ISoundGenerator } made)
        {
            using var one = GeneratorImages.Draw(generator, made.Name, 1, options.Seed);
            _made = (one.Height, one.Channels);
        }

        return [.. _sources];
    }

    /// <summary>The set's features.</summary>
    /// <param name="source">The set.</param>
    /// <param name="count">Images that a generator makes where no number was given.</param>
    public FeatureSet Features(SampleSource source, long? count = null) => Of(source, count, OfImages, given => given);

    /// <summary>The mean and covariance of its features, or of a shard of them. No features of images are held or kept.</summary>
    public FeatureStatistics Statistics(SampleSource source, Shard? shard)
    {
        return Of(source, null, StatisticsOf, given =>
        {
            using (given)
            {
                return FeatureStatistics.Of(given, shard);
            }
        });

        FeatureStatistics StatisticsOf(IImageSource images)
        {
            var made = FeatureExtraction.StatisticsOf(Network, images, shard, options.BatchSize, Progress(images), cancellation);
            Tell(images);
            return made;
        }
    }

    private T Of<T>(SampleSource source, long? count, Func<IImageSource, T> ofImages, Func<FeatureSet, T> ofFeatures)
    {
        if (source.Generator is ISoundGenerator || source.Sounds is not null)
        {
            using var sounds = SoundsOf(source, options.Samples ?? count);
            return ofFeatures(LogMel.FeaturesOf(sounds));
        }

        if (source.Generator is { } generator)
        {
            var samples = options.Samples ?? count
                ?? throw new UsageException($"--samples is missing: say how many images {source.Name} is to make.");
            generator.to(options.Device);
            var seed = options.SeedOfImages ?? options.Seed;
            var name = $"{source.Name} ({generator.GetType().Name}{(source.Weights is { } sum ? $", SHA-256 {sum}" : "")}, seed {seed})";
            return ofImages(new GeneratorSource(generator, name, checked((int)samples), seed, source.Weights));
        }

        var some = _made is null ? options.Samples : null;
        if (some > source.Count)
        {
            throw new ArgumentException($"--samples asks for {some}, but {source.Name} has {source.Count}.");
        }

        if (source.Folder is not null)
        {
            var images = new FolderSource(source.Name, Reading());
            images.Take(some ?? images.Count);
            return ofImages(images);
        }

        if (source.Images is { } stored)
        {
            using var scope = NewDisposeScope();
            using var fewer = some is null ? null : stored.Select(Fairly(stored, some.Value));
            using var alike = Alike(fewer ?? stored);
            if (alike.Channels == 3 && Network.Preparation.Channels == 1)
            {
                Console.Error.WriteLine($"{alike.Name}: images are in colour and are seen in grey.");
            }

            return ofImages(alike);
        }

        var given = new FeatureSet(source.Name, source.Features!.clone(), floatsAreLogits ? source.Features.clone() : null);
        using (some is null ? null : given)
        {
            return ofFeatures(some is null ? given : given.First(some.Value));
        }
    }

    // All as long and of the rate that the generator among them has, if there is one.
    private SoundSet SoundsOf(SampleSource source, long? count)
    {
        var made = _sources.Select(s => s.Generator).OfType<ISoundGenerator>().FirstOrDefault();
        if (source.Sounds is { } others)
        {
            var shape = new SampleShape(SampleKind.Sounds, made?.Length ?? options.Size ?? 4096, 1);
            return others(count, shape.Size, made?.Rate ?? shape.Rate);
        }

        var samples = count ?? throw new UsageException($"--samples is missing: say how many sounds {source.Name} is to make.");
        var generator = source.Generator!;
        generator.to(options.Device);
        return GeneratorSounds.Draw(generator, source.Name, checked((int)samples), options.SeedOfImages ?? options.Seed,
            cancellation: cancellation);
    }

    public void Dispose()
    {
        _network?.Dispose();
        _sources.ForEach(s => s.Dispose());
    }

    private IFeatureNetwork Network => _network ??= Load();

    private IFeatureNetwork Load()
    {
        var coloured = _sources.ToLookup(s => s.Images?.LooksColoured() ?? s.Folder?.LooksColoured(), s => s.Name);
        var channels = _made?.Channels ?? (coloured[true].Any() ? 3 : 1);
        if (_made is null && coloured[true].Any() && coloured[false].Any())
        {
            Console.Error.WriteLine($"{coloured[true].First()} is in colour, and {coloured[false].First()} is grey.");
        }

        var stored = _sources.FirstOrDefault(s => s.Statistics?.Origin is { } origin && FeatureNetworks.All.Has(origin.Network));
        var name = options.Network ?? stored?.Statistics!.Origin!.Network ?? FeatureNetworks.DefaultFor(channels);
        if (options.Network is null)
        {
            var why = stored is not null ? $"{stored.Name} is of it" : $"the images are {(channels == 1 ? "grey" : "in colour")}";
            Console.Error.WriteLine($"feature network: {name}, because {why}; --network chooses another.");
        }

        return Typed(() => FeatureNetworks.Load(name, options.Device, options.Weights, options.Resizer));
    }

    // As a run reads what it learns; a set of another size or colour than the generator's is brought to them.
    private ImageFolderOptions Reading()
    {
        var run = _sources.FirstOrDefault(s => s.Data is not null)?.Data;
        var broken = options.Strict ? (Action<DataFileException>?)null : e => Console.Error.WriteLine("left out: " + e.Message);
        return new ImageFolderOptions
        {
            Size = options.Size ?? _made?.Size, Channels = _made?.Channels ?? Network.Preparation.Channels,
            Fit = options.Fit ?? run?.Fit ?? ImageFit.Crop, Alpha = options.Alpha ?? run?.Alpha ?? AlphaHandling.OnWhite,
            Orientation = options.Orientation ?? run?.Orientation ?? ImageOrientation.Stored, OnBroken = broken,
        };
    }

    private ImageSet Alike(ImageSet set)
    {
        var channels = _made?.Channels ?? set.Channels;
        if ((options.Size ?? _made?.Size) is not { } size || (set.Height, set.Width) == (size, size))
        {
            return set.ToChannels(channels);
        }

        using var sized = set.ResizeTo(size);
        return sized.ToChannels(channels);
    }

    // Chosen by chance, always the same ones, fairly to the classes: the first ones are often of one class.
    private static Tensor Fairly(ImageSet set, long count) =>
        tensor([.. SampleClasses.FairOrder(set.Labels?.data<long>().ToArray(), set.Count, seed: 0)[..(int)count].Order()]);

    private FeatureSet OfImages(IImageSource images)
    {
        FeatureSet Extract() => FeatureExtraction.Of(Network, images, options.BatchSize, Progress(images), cancellation);

        if (_cache is not null)
        {
            return _cache.GetOrExtract(Network, images, Extract, note => Console.Error.WriteLine(note));
        }

        var made = Extract();
        Tell(images);
        return made;
    }

    private static Action<long, long> Progress(IImageSource images)
    {
        var progress = TerminalProgress.Of($"features of {images.Name}");
        return (done, total) => progress((int)done, (int)total);
    }

    private static void Tell(IImageSource images) =>
        Array.ForEach([.. images.Notes], note => Console.Error.WriteLine($"{images.Name}: {note}"));
}
