using ResearchKit.Data;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;

namespace ResearchKit.Cli;

/// <summary>Opens sets for <c>metrics</c> and <c>stats</c>, and sends pictures through the feature network, which is loaded when it is first needed.</summary>
internal sealed class FeatureSource(string network, int batchSize, bool strict, int? samples, bool floatsAreLogits, CancellationToken cancellation) : IDisposable
{
    private ClassifierFeatures? _network;

    private ClassifierFeatures Network => _network ??= NetworkCatalog.Find().Load(network);

    /// <summary>Opens a set; pictures that cannot be read are named, counted and left out.</summary>
    public SampleSource Open(string text)
    {
        var broken = 0;
        var source = SampleSource.Open(text, channels: 1, strict ? null : Note);
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

    /// <summary>The set's features, the first samples of them where a number was given.</summary>
    public FeatureSet Features(SampleSource source)
    {
        var features = source.Features is { } given
            ? new FeatureSet(source.Name, given.clone(), floatsAreLogits ? given.clone() : null)
            : FeatureExtraction.Of(Network, source.Images!, batchSize, (done, total) => TerminalProgress.Of(source.Name)((int)done, (int)total), cancellation);
        if (samples is null)
        {
            return features;
        }

        using (features)
        {
            return samples <= features.Count
                ? features.First(samples.Value)
                : throw new ArgumentException($"--samples asks for {samples}, but {source.Name} has {features.Count}.");
        }
    }

    public void Dispose() => _network?.Dispose();
}
