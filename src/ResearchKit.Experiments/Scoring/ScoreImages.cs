using ResearchKit.Data;
using ResearchKit.Experiments.Building;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;

namespace ResearchKit.Experiments.Scoring;

/// <summary>What the scores of images share: the real images, the feature network, and a moment's generated images.</summary>
/// <remarks>Which images and which network: <see cref="ScoreProtocol"/>.</remarks>
internal sealed class ScoreImages : IDisposable
{
    private readonly GanTrainer _trainer;
    private readonly IFeatureNetwork _network;
    private readonly Tensor _z;
    private readonly Tensor? _labels; // classes as often as the data have them
    private readonly ImageSet _realImages;
    private FeatureSet? _real;
    private FeatureSet? _generated;

    public ScoreImages(Experiment experiment)
    {
        var (options, data) = (experiment.Options, experiment.Data);
        _trainer = experiment.Trainer;
        _z = NormalLatents.Draw(ScoreProtocol.SamplesOf(options), _trainer.Generator.LatentSize, ScoreProtocol.Seed);
        _labels = _trainer.Generator.Labels?.Draw(_z.shape[0], ScoreProtocol.Seed).DetachFromDisposeScope();
        _realImages = ScoreProtocol.RealOf(options, data.HeldOut ?? data.Training!);
        Trained = ScoreProtocol.Scored(options, data.Training!);
        HeldOut = ScoreProtocol.Scored(options, data.HeldOut ?? _realImages);
        _network = FeatureNetworks.Load(ScoreProtocol.NetworkOf(options, _realImages.Channels));
    }

    /// <summary>The first images that are trained on.</summary>
    public ImageSet Trained { get; }

    /// <summary>Real images that are not trained on, where there are any.</summary>
    public ImageSet HeldOut { get; }

    /// <summary>Features of the real images that distances are measured to, made when they are first asked for.</summary>
    public FeatureSet Real => _real ??= Features("real", _realImages.Images);

    /// <summary>The feature network's name, where it takes a minute or more on a CPU; else null.</summary>
    public string? SlowNetwork => _network.Preparation.Size >= 128 ? _network.Name : null;

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
        Array.ForEach<IDisposable?>([_real, _realImages, Trained, HeldOut, _z, _labels, _network], item => item?.Dispose());
    }
}
