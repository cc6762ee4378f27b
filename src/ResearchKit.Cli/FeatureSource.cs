using ResearchKit.Data;
using ResearchKit.Imaging;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

/// <summary>Opens sets for <c>metrics</c> and <c>stats</c>, and sends images through the feature network, which is loaded when it is
/// first needed.</summary>
internal sealed class FeatureSource(FeatureOptions options, bool floatsAreLogits, CancellationToken cancellation) : IDisposable
{
    private readonly FeatureCache? _cache = options.Cached && FeatureCache.DefaultFolder is { } folder
        ? new FeatureCache(folder, options.Device.type.ToString().ToLowerInvariant())
        : null;
    private IFeatureNetwork? _network;

    private IFeatureNetwork Network =>
        _network ??= FeatureNetworks.Load(Typed(() => FeatureNetworks.All.Find(options.Network)).Name, options.Device);

    /// <summary>Opens a set; images that cannot be read are named, counted and left out.</summary>
    public SampleSource Open(string text)
    {
        var broken = 0;
        var source = SampleSource.Open(text, channels: 1, options.Strict ? null : Note);
        if (broken > 0)
        {
            Console.Error.WriteLine($"{text}: {broken} image(s) left out; --strict stops at the first.");
        }

        return source;

        void Note(DataFileException e)
        {
            broken++;
            Console.Error.WriteLine("left out: " + e.Message);
        }
    }

    /// <summary>The set's features.</summary>
    /// <remarks>A generator makes as many images as the other set has, where no number was given.</remarks>
    public FeatureSet Features(SampleSource source, SampleSource? other = null)
    {
        if (source.Generator is { } generator)
        {
            var count = options.Samples
                ?? other?.Count
                ?? throw new UsageException($"--samples is missing: say how many images {source.Name} is to make.");
            generator.to(options.Device);
            using var images = GeneratorImages.Draw(generator, $"{source.Name} ({source.Origin}, seed {options.Seed})",
                checked((int)count), options.Seed, options.BatchSize, TerminalProgress.Of($"images of {source.Name}"),
                cancellation: cancellation);
            return OfImages(images);
        }

        if (source.Images is { Labels: not null } classed && Directory.Exists(source.Name) && options.Samples < classed.Count
            && other?.Generator is null)
        {
            using var some = Fairly(classed, options.Samples.Value);
            return OfImages(some);
        }

        var features = source.Images is { } stored
            ? OfImages(stored)
            : new FeatureSet(source.Name, source.Features!.clone(), floatsAreLogits ? source.Features.clone() : null);
        if (options.Samples is not { } samples || other?.Generator is not null)
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

    // The first files of class folders are of one class.
    private static ImageSet Fairly(ImageSet set, long count)
    {
        var picked = SampleClasses.FairOrder(set.Labels!.data<long>().ToArray(), set.Count, seed: 0)[..(int)count];
        using var indices = tensor([.. picked.Order()], ScalarType.Int64);
        return set.Select(indices);
    }

    private FeatureSet OfImages(ImageSet images)
    {
        FeatureSet Extract() =>
            FeatureExtraction.Of(Network, images, options.BatchSize,
                (done, total) => TerminalProgress.Of($"features of {images.Name}")((int)done, (int)total), cancellation);
        return _cache?.GetOrExtract(Network, images, Extract, Console.Error.WriteLine) ?? Extract();
    }
}
