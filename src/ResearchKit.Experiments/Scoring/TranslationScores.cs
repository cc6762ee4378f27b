using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Metrics;

namespace ResearchKit.Experiments.Scoring;

/// <summary>Scores of translations from A to B, on images that are not trained on.</summary>
internal static class TranslationScores
{
    /// <summary>How near translations come to their true partners, and how near the inputs are by themselves.</summary>
    public static double[] Pairs(ScoreContext context)
    {
        using var scope = NewDisposeScope();
        var (input, truth) = context.Translation.HeldOut(); // (N, C, H, W)
        using var made = context.Translation.Translate(input);
        var same = input.shape.SequenceEqual(truth.shape);
        return
        [
            TranslationErrors.ForegroundL1(made, truth, input), TranslationErrors.RetrievalAtOne(made, truth),
            same ? TranslationErrors.ForegroundL1(input, truth, input) : double.NaN,
            same ? TranslationErrors.RetrievalAtOne(input, truth) : double.NaN,
        ];
    }

    /// <summary>Why there are no partners to compare with; null where there are.</summary>
    public static string? WithoutPartners(ExperimentOptions options) =>
        DataKinds.Of(options.Data).HasPartners(options.Data.Data, options.Data.DataB!) ? null
            : $"The score pairs compares translations with true partners, and no test images of {options.Data.Data} and " +
                $"{options.Data.DataB} are known to be partners: choose other scores, for example losses.";
}
