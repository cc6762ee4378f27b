namespace ResearchKit.Experiments.Scoring;

/// <summary>The kinds of scores that options name.</summary>
public static class ScoreKinds
{
    /// <summary>What suits the data: <c>modes</c> for mixtures, <c>transport</c> for other points, <c>frechet</c> for pictures.</summary>
    public const string Auto = "auto";

    /// <summary>Every kind, and what it measures.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["modes"] = "of a mixture's modes: modes, highQuality, withinSixSigma, offModeMass, reverseKl",
        ["transport"] = "of points: wasserstein, the exact distance between 500 generated and 500 fresh real ones",
        ["frechet"] = "of pictures: frechet of the averaged generator to real pictures, frechetNow of the weights of that step",
        ["fidelity"] = "of pictures: precision, recall, density, coverage",
        ["overfitting"] = "of pictures: trainLogit, heldOutLogit, fakeLogit, trainSigns, heldOutSigns, augmentation (p), nearerTrain",
        ["estimate"] = "of pictures: estimate, what D tells of the distance (of Wasserstein, or Jensen-Shannon), on held-out pictures",
        ["turns"] = "of pictures: upright, the share that looks more like a real picture than when turned by 90, 180 or 270 degrees",
        ["losses"] = "means over the log's lines since the last score: discriminatorLoss, generatorLoss, discriminatorGradientNorm, generatorGradientNorm",
    };

    /// <summary>The kinds that an option names.</summary>
    /// <param name="text">Names with commas between them, or <see cref="Auto"/>.</param>
    /// <param name="data">The option <c>data</c>, for <see cref="Auto"/>.</param>
    /// <exception cref="ArgumentException">There is no such kind, or it is not for these data; says which there are.</exception>
    internal static IReadOnlyList<string> Parse(string text, string data)
    {
        var points = PointSets.Find(data);
        string[] kinds = text == Auto ? [points is null ? "frechet" : points is Data.Toy.GaussianMixture ? "modes" : "transport"] : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var kind in kinds)
        {
            if (!All.ContainsKey(kind))
            {
                throw new ArgumentException($"There is no score '{kind}'; there are {Auto}, {string.Join(", ", All.Keys)}.");
            }

            if (kind != "losses" && (kind == "modes" ? points is not Data.Toy.GaussianMixture : kind == "transport" != (points is not null)))
            {
                throw new ArgumentException($"The score {kind} is not for {data}: it is {All[kind].Split(':')[0]}.");
            }
        }

        return kinds;
    }
}
