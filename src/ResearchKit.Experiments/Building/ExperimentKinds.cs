using ResearchKit.Experiments.Options;
using ResearchKit.Models.Translation;

namespace ResearchKit.Experiments.Building;

/// <summary>Builds what options describe, whatever it is: a generator of samples, or translators of images.</summary>
internal static class ExperimentKinds
{
    /// <summary>Whether options are of a training from image to image.</summary>
    public static bool IsTranslation(ExperimentOptions options) => TranslationArchitectures.All.Has(options.Networks.Architecture);

    /// <summary>Builds an experiment.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="progress">Told while images are read how many are done, of how many.</param>
    /// <param name="prepare">Given G and D before the trainer gets them; null for nothing, and not for translators.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or two do not go together; says which and why.</exception>
    /// <exception cref="DataFileException">The data are missing or damaged.</exception>
    public static TrainableExperiment Build(ExperimentOptions options, Action<int, int>? progress = null,
        Action<LatentGenerator, nn.Module>? prepare = null) =>
        IsTranslation(options) ? TranslationExperiment.Build(options, progress) : Experiment.Build(options, progress, prepare);

    /// <inheritdoc cref="Experiment.Check"/>
    public static void Check(ExperimentOptions options)
    {
        if (IsTranslation(options))
        {
            TranslationExperiment.Check(options);
        }
        else
        {
            Experiment.Check(options);
        }
    }
}
