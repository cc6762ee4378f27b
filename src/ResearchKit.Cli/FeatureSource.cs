using ResearchKit.Data;
using ResearchKit.Files;
using ResearchKit.Imaging;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using TorchSharp;

namespace ResearchKit.Cli;

/// <summary>Opens sets for <c>metrics</c> and <c>stats</c>, and sends pictures through the feature network, which is loaded when it is
/// first needed.</summary>
internal sealed class FeatureSource(FeatureSettings settings, bool floatsAreLogits, CancellationToken cancellation) : IDisposable
{
    private readonly FeatureCache? _cache = settings.Cached && FeatureCache.DefaultFolder is { } folder
        ? new FeatureCache(folder, settings.Device.type.ToString().ToLowerInvariant())
        : null;
    private IFeatureNetwork? _network;

    private IFeatureNetwork Network =>
        _network ??= FeatureNetworks.Load(CommandLine.Named(() => FeatureNetworks.All.Find(settings.Network)).Name, settings.Device);

    /// <summary>Opens a set; pictures that cannot be read are named, counted and left out.</summary>
    public SampleSource Open(string text)
    {
        var broken = 0;
        var source = SampleSource.Open(text, channels: 1, settings.Strict ? null : Note);
        if (broken > 0)
        {
            Console.Error.WriteLine($"{text}: {broken} picture(s) left out; --strict stops at the first.");
        }

        return source;

        void Note(DataFileException e)
        {
            broken++;
            Console.Error.WriteLine("left out: " + e.Message);
        }
    }

    /// <summary>The set's features.</summary>
    /// <param name="source">The set; no statistics.</param>
    /// <param name="other">The set that it is compared with: a generator makes as many pictures as that one has, where no number was
    /// given.</param>
    public FeatureSet Features(SampleSource source, SampleSource? other = null)
    {
        if (source.Generator is { } generator)
        {
            var count = settings.Samples
                ?? other?.Count
                ?? throw new UsageException($"--samples is missing: say how many pictures {source.Name} is to make.");
            generator.to(settings.Device);
            using var images = GeneratorImages.Draw(generator, $"{source.Name} ({source.Origin}, seed {settings.Seed})",
                checked((int)count), settings.Seed, settings.BatchSize, TerminalProgress.Of($"pictures of {source.Name}"), cancellation);
            return OfImages(images);
        }

        var features = source.Images is { } pictures
            ? OfImages(pictures)
            : new FeatureSet(source.Name, source.Features!.clone(), floatsAreLogits ? source.Features.clone() : null);
        if (settings.Samples is not { } samples || other?.Generator is not null)
        {
            return features;
        }

        using (features)
        {
            return samples <= features.Count
                ? features.First(samples)
                : throw new ArgumentException($"--samples asks for {samples}, but {source.Name} has {features.Count}.");
        }
    }

    public void Dispose() => _network?.Dispose();

    private FeatureSet OfImages(ImageSet images)
    {
        FeatureSet Extract() =>
            FeatureExtraction.Of(Network, images, settings.BatchSize,
                (done, total) => TerminalProgress.Of($"features of {images.Name}")((int)done, (int)total), cancellation);
        return _cache?.GetOrExtract(Network, images, Extract, Console.Error.WriteLine) ?? Extract();
    }
}
