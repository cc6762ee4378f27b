using ResearchKit.Data;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;

namespace ResearchKit.Experiments.Scoring;

/// <summary>What the scores of images share: the real images, the feature network, and a moment's generated images.</summary>
/// <remarks>
/// Real images are the first of the data set's test part; of a folder those that are held out; where there are neither, those that are
/// trained on. The feature network prepares all images alike, as its protocol says.
/// </remarks>
internal sealed class ScoreImages : IDisposable
{
    private const int MostReal = 2000;

    private readonly GanTrainer _trainer;
    private readonly IFeatureNetwork _network;
    private readonly Tensor _z;
    private readonly Tensor? _labels; // classes as often as the data have them
    private FeatureSet? _generated;

    public ScoreImages(Experiment experiment)
    {
        var (options, data) = (experiment.Options, experiment.Options.Data);
        var (kind, pack) = (DataKinds.Of(data), options.Networks.Pack);
        _trainer = experiment.Trainer;
        _z = NormalLatents.Draw(Packs(options.Scoring.ScoreSamples ?? 1000), options.Networks.Latent, seed: 1);
        using var test = kind.HasTest(data.Data) ? kind.Test(data) : null;
        Trained = First(experiment.Data.Training!, Packs(MostReal));
        HeldOut = First(experiment.Data.HeldOut ?? test ?? experiment.Data.Training!, Packs(MostReal));
        using var real = First(test ?? HeldOut, MostReal);
        _network = FeatureNetworks.Load(options.Scoring.Network != ScoringOptions.Auto ? options.Scoring.Network
            : data.Data.StartsWith("digits", StringComparison.Ordinal) ? "digits-28" : FeatureNetworks.DefaultFor(real.Channels));
        Real = Features("real", real.Images);
        _labels = _trainer.Generator.Labels?.Draw(_z.shape[0], seed: 1).DetachFromDisposeScope();

        int Packs(int most) => most - (most % pack); // D judges whole packs
    }

    /// <summary>The first images that are trained on.</summary>
    public ImageSet Trained { get; }

    /// <summary>Real images that are not trained on, where there are any.</summary>
    public ImageSet HeldOut { get; }

    /// <summary>Features of the real images that distances are measured to.</summary>
    public FeatureSet Real { get; }

    /// <summary>Images of the moment, uint8. The caller disposes them.</summary>
    public Tensor Generate(bool averaged)
    {
        using var samples = _trainer.Sample(_z, averaged, _labels);
        return PixelValues.ToBytes(samples);
    }

    /// <summary>Images of the moment as D sees them, from the weights of that step, with their classes. The caller disposes the images; the
    /// labels stay.</summary>
    public Batch GenerateRaw() => new(_trainer.Sample(_z, averaged: false, _labels), _labels);

    /// <summary>Features of the averaged generator's images, made once a moment.</summary>
    public FeatureSet Generated
    {
        get
        {
            if (_generated is null)
            {
                using var images = Generate(averaged: true);
                _generated = Features("generated", images);
            }

            return _generated;
        }
    }

    /// <summary>Ends a moment: the next one's images are others.</summary>
    public void Forget()
    {
        _generated?.Dispose();
        _generated = null;
    }

    /// <summary>Features of images. The caller disposes them.</summary>
    public FeatureSet Features(string name, Tensor images) => FeatureExtraction.Of(_network, name, images);

    public void Dispose()
    {
        Forget();
        Array.ForEach<IDisposable?>([Real, Trained, HeldOut, _z, _labels, _network], item => item?.Dispose());
    }

    private static ImageSet First(ImageSet set, int count) =>
        new(set.Name, set.Images.narrow(0, 0, Math.Min(count, set.Count)).to(CPU, copy: true),
            set.Labels?.narrow(0, 0, Math.Min(count, set.Count)).to(CPU, copy: true), set.ClassNames);
}
