using ResearchKit.Data;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Metrics.Networks;

namespace ResearchKit.Experiments.Scoring;

/// <summary>How the images of a run are scored, so that its scores can be had again afterwards.</summary>
public static class ScoreProtocol
{
    /// <summary>Chooses the generator's z and classes.</summary>
    public const long Seed = 1;

    private const int MostReal = 2000;

    /// <summary>How many images the generator makes.</summary>
    /// <param name="options">The run's options.</param>
    public static int SamplesOf(ExperimentOptions options) => Packs(options, options.Scoring.ScoreSamples ?? 1000);

    /// <summary>The feature network's name.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="channels">The images' channels.</param>
    public static string NetworkOf(ExperimentOptions options, int channels) =>
        options.Scoring.Network != ScoringOptions.Auto ? options.Scoring.Network
        : options.Data.Data.StartsWith("digits", StringComparison.Ordinal) ? "digits-28"
        : FeatureNetworks.DefaultFor(channels);

    /// <summary>The real images: the first of the data set's test part; of a folder those that are held out; where there are neither, those
    /// that are trained on.</summary>
    /// <param name="options">The options of a run of images.</param>
    /// <returns>At most 2,000, brought to the run's size and colour. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The run learns points or stacked digits.</exception>
    /// <exception cref="DataFileException">The data cannot be read.</exception>
    public static ImageSet RealOf(ExperimentOptions options)
    {
        if (!DataKinds.Of(options.Data).HasImages)
        {
            throw new ArgumentException($"The run learns {options.Data.Data}, which is scored as it trains and not by features of images.");
        }

        using var data = DataKinds.Of(options.Data).Load(options.Data, options.Trainer.Seed, CPU, null);
        return RealOf(options, data.HeldOut ?? data.Training!);
    }

    internal static ImageSet RealOf(ExperimentOptions options, ImageSet heldOut)
    {
        var kind = DataKinds.Of(options.Data);
        using var test = kind.HasTest(options.Data.Data) ? kind.Test(options.Data) : null;
        return test is null ? Scored(options, heldOut) : First(test, MostReal);
    }

    /// <summary>The first images of a set, on the CPU, as many as a D that judges packs of them can see.</summary>
    internal static ImageSet Scored(ExperimentOptions options, ImageSet set) => First(set, Packs(options, MostReal));

    private static int Packs(ExperimentOptions options, int most) => most - (most % options.Networks.Pack);

    private static ImageSet First(ImageSet set, int count) =>
        new(set.Name, set.Images.narrow(0, 0, Math.Min(count, set.Count)).to(CPU, copy: true),
            set.Labels?.narrow(0, 0, Math.Min(count, set.Count)).to(CPU, copy: true), set.ClassNames);
}
