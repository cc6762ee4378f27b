using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Experiments.Building;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;
using ResearchKit.Models;
using ResearchKit.Training;

namespace ResearchKit.Experiments.Scoring;

/// <summary>What the scores of pictures share: the real pictures, the feature network, and a moment's generated pictures.</summary>
/// <remarks>
/// Real pictures are the first of the data set's test part; of a folder those that are held out; where there are neither, those that are
/// trained on. The feature networks of the kit take 28 x 28 grey pictures:
/// others are averaged over their channels and scaled bilinearly, so that values compare runs on the same data, and nothing else.
/// </remarks>
internal sealed class ScorePictures : IDisposable
{
    private const int MostReal = 2000;
    private const int NetworkSize = 28;

    private readonly IFeatureNetwork _network;
    private readonly Tensor _z;
    private FeatureSet? _generated;

    public ScorePictures(Experiment experiment)
    {
        var options = experiment.Options;
        var count = options.ScoreSamples == 0 ? 1000 : options.ScoreSamples;
        Trainer = experiment.Trainer;
        _network = FeatureNetworks.Load(options.Network != ScoreKinds.Auto ? options.Network
            : options.Data.StartsWith("digits", StringComparison.Ordinal) ? "digits-28" : "fashion-28");
        _z = NormalLatents.Draw(Packs(count), options.Latent, seed: 1);
        using var test = Test(options.Data);
        Trained = First(experiment.Training!, Packs(MostReal));
        HeldOut = First(experiment.HeldOut ?? test ?? experiment.Training!, Packs(MostReal));
        using var real = First(test ?? HeldOut, MostReal);
        Real = Features("real", real.Images);

        int Packs(int most) => most - most % options.Pack; // D judges whole packs
    }

    public GanTrainer Trainer { get; }

    /// <summary>The first pictures that are trained on.</summary>
    public ImageSet Trained { get; }

    /// <summary>Real pictures that are not trained on, where there are any.</summary>
    public ImageSet HeldOut { get; }

    /// <summary>Features of the real pictures that distances are measured to.</summary>
    public FeatureSet Real { get; }

    /// <summary>Pictures of the moment, uint8. The caller disposes them.</summary>
    public Tensor Generate(bool averaged)
    {
        using var samples = Trainer.Sample(_z, averaged);
        return PixelValues.ToBytes(samples);
    }

    /// <summary>Pictures of the moment as D sees them, from the weights of that step. The caller disposes them.</summary>
    public Tensor GenerateRaw() => Trainer.Sample(_z, averaged: false);

    /// <summary>Features of the averaged generator's pictures, made once a moment.</summary>
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

    /// <summary>Ends a moment: the next one's pictures are others.</summary>
    public void Forget()
    {
        _generated?.Dispose();
        _generated = null;
    }

    /// <summary>Features of pictures. The caller disposes them.</summary>
    public FeatureSet Features(string name, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (images.shape[1] != 1 || images.shape[2] != NetworkSize)
        {
            var grey = images.to(ScalarType.Float32).mean([1], keepdim: true); // (N, 1, H, W)
            // (N, 1, 28, 28)
            images = nn.functional.interpolate(grey, [NetworkSize, NetworkSize], mode: InterpolationMode.Bilinear,
                align_corners: false).round().clamp(0, 255).to(ScalarType.Byte);
        }

        return FeatureExtraction.Of(_network, name, images);
    }

    public void Dispose()
    {
        Forget();
        Real.Dispose();
        Trained.Dispose();
        HeldOut.Dispose();
        _z.Dispose();
        _network.Dispose();
    }

    private static ImageSet First(ImageSet set, int count) =>
        new(set.Name, set.Images.narrow(0, 0, Math.Min(count, set.Count)).to(CPU, copy: true));

    private static ImageSet? Test(string data)
    {
        return PictureData.HasTest(data) ? DataCatalog.Find().LoadImages(data.Split(':')[0], "test") : null;
    }
}
