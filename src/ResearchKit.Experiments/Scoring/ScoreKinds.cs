using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;

namespace ResearchKit.Experiments.Scoring;

/// <summary>The kinds of scores that options name.</summary>
public static class ScoreKinds
{
    /// <summary>What suits the data: <c>modes</c> for mixtures, <c>transport</c> for other points, <c>stacked</c> for stacked digits,
    /// <c>frechet</c> for other pictures.</summary>
    public const string Auto = "auto";

    private const int FewestSamples = 10;

    /// <summary>Every kind, and what it measures.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["modes"] = "of a mixture's modes: modes, highQuality, withinSixSigma, offModeMass, reverseKl",
        ["transport"] = "of points: wasserstein, the exact distance between 500 generated and 500 fresh real ones",
        ["stacked"] = "of stacked digits: modes of 1,000, modesWithoutGate, uncertain (share off the modes), confidence, reverseKl to " +
            "uniform, reverseKlWithoutGate, as the classifier digits-28 reads the averaged generator",
        ["frechet"] = "of pictures: frechet of the averaged generator to real pictures, frechetNow of the weights of that step",
        ["fidelity"] = "of pictures: precision, recall, density, coverage",
        ["overfitting"] = "of pictures: trainLogit, heldOutLogit, fakeLogit, trainSigns, heldOutSigns, augmentation (p), nearerTrain",
        ["estimate"] = "of pictures: estimate, what D tells of the distance (of Wasserstein, or Jensen-Shannon), on held-out pictures",
        ["turns"] = "of pictures: upright, the share that looks more like a real picture than when turned by 90, 180 or 270 degrees",
        ["losses"] = "means over the log's lines since the last score: discriminatorLoss, generatorLoss, discriminatorGradientNorm, " +
            "generatorGradientNorm",
    };

    /// <summary>Checks that the scores of options can be taken.</summary>
    /// <exception cref="ArgumentException">A kind is unknown, not for these data, or does not go with another option; says why.</exception>
    internal static void Check(ExperimentOptions options)
    {
        var kinds = Parse(options.Scores, options.Data);
        if (options.ScoreSamples is > 0 and < FewestSamples)
        {
            throw new ArgumentException($"The option scoreSamples is {options.ScoreSamples}; it must be 0 or at least {FewestSamples}.");
        }

        if (kinds.Contains("estimate") && options.Loss is not ("minimax" or "non-saturating" or "wasserstein"))
        {
            throw new ArgumentException($"The score estimate is what D tells of a distance; with the loss {options.Loss} it tells none. " +
                $"Take minimax, non-saturating or wasserstein, or leave the score away.");
        }

        if (kinds.FirstOrDefault(k => k is "estimate" or "overfitting") is { } asked && options.HeldOut == 0
            && !PictureData.HasTest(options.Data))
        {
            throw new ArgumentException($"The score {asked} asks D about pictures that it is not trained on, and there are none: set " +
                $"heldOut.");
        }

        if (kinds.Any(k => k is "estimate" or "overfitting") && 256 % options.Pack != 0)
        {
            throw new ArgumentException($"The scores estimate and overfitting show D 256 pictures at a time, which cannot be cut into " +
                $"packs of {options.Pack}; choose a pack of 1, 2, 4 or 8, or other scores.");
        }
    }

    /// <summary>The names of the scores that a run with these options takes.</summary>
    /// <param name="options">The options; their other parts are not looked at.</param>
    /// <exception cref="ArgumentException">There is no such kind, or it is not for these data.</exception>
    internal static IReadOnlyList<string> NamesOf(ExperimentOptions options) =>
        [.. Parse(options.Scores, options.Data).SelectMany(Names).Distinct()];

    /// <summary>The kinds that an option names.</summary>
    /// <param name="text">Names with commas between them, or <see cref="Auto"/>.</param>
    /// <param name="data">The option <c>data</c>, for <see cref="Auto"/>.</param>
    /// <exception cref="ArgumentException">There is no such kind, or it is not for these data; says which there are.</exception>
    internal static IReadOnlyList<string> Parse(string text, string data)
    {
        var points = PointSets.Find(data);
        var isStacked = StackedSets.PartOf(data) is not null;
        var suitable = points switch { null when isStacked => "stacked", null => "frechet", Data.Toy.GaussianMixture => "modes",
            _ => "transport" };
        var kinds = (text == Auto ? suitable : text).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var kind in kinds)
        {
            if (!All.ContainsKey(kind))
            {
                throw new ArgumentException($"There is no score '{kind}'; there are {Auto}, {string.Join(", ", All.Keys)}.");
            }

            var fits = kind switch { "losses" => true, "modes" => points is Data.Toy.GaussianMixture, "transport" => points is not null,
                "stacked" => isStacked, _ => points is null && !isStacked };
            if (!fits)
            {
                throw new ArgumentException($"The score {kind} is not for {data}: it is {All[kind].Split(':')[0]}.");
            }
        }

        return kinds;
    }

    // What each kind's IRunScore gives.
    private static string[] Names(string kind) => kind switch
    {
        "modes" => ["modes", "highQuality", "withinSixSigma", "offModeMass", "reverseKl"],
        "transport" => ["wasserstein"],
        "stacked" => ["modes", "modesWithoutGate", "uncertain", "confidence", "reverseKl", "reverseKlWithoutGate"],
        "frechet" => ["frechet", "frechetNow"],
        "fidelity" => ["precision", "recall", "density", "coverage"],
        "overfitting" => ["trainLogit", "heldOutLogit", "fakeLogit", "trainSigns", "heldOutSigns", "augmentation", "nearerTrain"],
        "estimate" => ["estimate"],
        "turns" => ["upright"],
        "losses" => ["discriminatorLoss", "generatorLoss", "discriminatorGradientNorm", "generatorGradientNorm"],
        _ => throw new InvalidOperationException($"The score {kind} has no names."), // Parse refuses others
    };
}
