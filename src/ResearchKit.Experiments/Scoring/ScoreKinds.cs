using ResearchKit.Data.Toy;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Metrics.Text;
using ResearchKit.Registers;

namespace ResearchKit.Experiments.Scoring;

/// <summary>One number of a score.</summary>
/// <param name="Name">Its name in <c>scores.jsonl</c> and in tables.</param>
/// <param name="Least">The least value that it can have.</param>
/// <param name="Most">The greatest; NaN for the number of the data's modes.</param>
public sealed record ScoreValue(string Name, double Least = double.NegativeInfinity, double Most = double.PositiveInfinity);

internal enum ScoredData
{
    Any, Mixture, Points, Stacked, Notes, Sounds, Oracle, Lines, Shapes, Clips, Images, Translations,
}

/// <summary>A score that the option <c>scores</c> names.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Purpose">What it measures.</param>
/// <param name="Values">Its numbers, in the order in which they are written.</param>
public sealed record ScoreKind(string Name, string Purpose, params IReadOnlyList<ScoreValue> Values) : INamed
{
    internal ScoredData Takes { get; init; }

    /// <summary>The value by which the best moment of a run is known, the lower the better; null where none tells.</summary>
    public string? LowIsBest { get; init; }

    /// <summary>The score that is taken too where this one is chosen by itself; null for none.</summary>
    internal string? Beside { get; init; }

    /// <summary>Measures its values in their order; the training is not disturbed.</summary>
    internal Func<ScoreContext, IReadOnlyList<double>> Measure { get; init; } = _ => [];

    /// <summary>Why it cannot be taken with other options; null where it can.</summary>
    internal Func<ExperimentOptions, string?> Refuses { get; init; } = _ => null;

    internal bool Fits(DataOptions data) => DataKinds.Of(data) is var kind && Takes switch
    {
        ScoredData.Any => true,
        ScoredData.Translations => data.DataB is not null,
        _ when data.DataB is not null => false,
        ScoredData.Mixture => kind.Points(data) is GaussianMixture,
        ScoredData.Points => kind.Points(data) is not null,
        ScoredData.Stacked => kind is StackedData,
        ScoredData.Notes => kind is NoteData,
        ScoredData.Sounds => kind is SoundData,
        ScoredData.Oracle => kind is OracleData,
        ScoredData.Lines => kind is TextData,
        ScoredData.Shapes => kind is ShapeData,
        ScoredData.Clips => kind is ClipData,
        _ => kind is ImageData,
    };
}

/// <summary>The scores that the option <c>scores</c> names.</summary>
public static class ScoreKinds
{
    private const int DiscriminatorBatch = 256;

    /// <summary>Every score; the first that fits the data is the one that <c>auto</c> chooses.</summary>
    public static Register<ScoreKind> All { get; } = new("score",
        new ScoreKind("modes", "modes of a mixture that are found, samples on them, reverse KL",
            Count("modes"), Share("highQuality"), Share("withinSixSigma"), Share("offModeMass"), Distance("reverseKl"))
            { Takes = ScoredData.Mixture, LowIsBest = "reverseKl", Measure = ModeScores.Mixture },
        new ScoreKind("transport", "exact Wasserstein distance of 500 generated points to 500 fresh real ones",
            Distance("wasserstein"))
            { Takes = ScoredData.Points, LowIsBest = "wasserstein", Measure = ModeScores.Transport },
        new ScoreKind("stacked", "modes of 1,000 as digits-28 reads them, with and without its gate of confidence",
            Count("modes"), Count("modesWithoutGate"), Share("uncertain"), Share("confidence"), Distance("reverseKl"),
            Distance("reverseKlWithoutGate"))
            { Takes = ScoredData.Stacked, LowIsBest = "reverseKl", Measure = ModeScores.Stacked },
        new ScoreKind("notes", "share of plucked notes that are clear and in tune, mean clarity, how many of the eight are reached, " +
            "total variation distance of the notes, Wasserstein distance of the decays in octaves; and what real ones get",
            Share("inTune"), new("clarity", -1, 1), Count("notesReached"), Share("noteDistance"), Distance("decayDistance"),
            Share("inTuneReal"), new("clarityReal", -1, 1), Share("noteDistanceFloor"), Distance("decayDistanceFloor"))
            { Takes = ScoredData.Notes, LowIsBest = "noteDistance", Beside = "spectrum", Measure = SoundScores.Notes },
        new ScoreKind("spectrum", "Fréchet distance of log-mel spectrograms, nearer training sounds, tones that strides leave: their " +
            "energy in dB and the share of it that has one phase; and what real sounds get",
            Distance("logMel"), Share("nearerTrain"), new("strideEnergy"), Share("stridePhase"), Distance("logMelFloor"),
            new("strideEnergyReal"), Share("stridePhaseReal"))
            { Takes = ScoredData.Sounds, LowIsBest = "logMel", Measure = SoundScores.Spectrum },
        new ScoreKind("oracle", "-log p of generated tokens under the oracle (low for one probable line again and again), of held-out " +
            "tokens under G, in nats; different lines; self-BLEU of n-grams up to 2, 3 and 4; and what as many of the oracle's own lines " +
            "get, uniform tokens and the greedy line again and again",
            [Distance("nllOracle"), Distance("nllGenerator"), Share("distinct"), .. SelfBleu.Lengths.Select(n => Share($"selfBleu{n}")),
                Distance("nllReal"), Share("distinctReal"), .. SelfBleu.Lengths.Select(n => Share($"selfBleu{n}Real")),
                Distance("nllUniform"), Distance("nllGreedy")])
            { Takes = ScoredData.Oracle, LowIsBest = "nllGenerator", Measure = OracleScores.Of },
        new ScoreKind("ngrams", "Jensen-Shannon divergence (bits) of the n-grams of 1 to 4 characters to those of held-out lines; and " +
            "what as many lines that are trained on get",
            [.. NgramDivergence.Lengths.Select(n => Share($"jsd{n}")), .. NgramDivergence.Lengths.Select(n => Share($"jsd{n}Floor"))])
            { Takes = ScoredData.Lines, LowIsBest = "jsd4", Beside = "words", Measure = TextScores.Ngrams },
        new ScoreKind("words", "share of lines that stand in the whole set (of words: that are English words), in its held-out part, " +
            "that differ, that are copies of the training's; mean length; and what real lines get",
            Share("words"), Share("heldOutWords"), Share("distinct"), Share("copied"), Distance("length"), Share("wordsReal"),
            Share("heldOutWordsReal"), Share("distinctReal"), Share("copiedReal"), Distance("lengthReal"))
            { Takes = ScoredData.Lines, Measure = TextScores.Words },
        new ScoreKind("tracks", "Wasserstein distance of the steps' speeds (pixels of 32 a frame) and directions (degrees) to held-out " +
            "clips, share of clips that stand still, of steps longer than any real one, of frames with nothing in them, of frames that " +
            "show their clip's shape, error of the shapes, modes of shape x direction; and what real clips get",
            [.. TrackValues("", ""), .. TrackValues("Floor", "Real")])
            { Takes = ScoredData.Shapes, LowIsBest = "speedDistance", Beside = "changes", Measure = ClipScores.Tracks },
        new ScoreKind("changes", "mean absolute difference of frames that follow each other, in [0, 2], and the Wasserstein distance of " +
            "these to held-out clips; and what real clips get",
            new("change", 0, 2), Distance("changeDistance"), new("changeReal", 0, 2), Distance("changeDistanceFloor"))
            { Takes = ScoredData.Clips, LowIsBest = "changeDistance", Measure = ClipScores.Changes },
        new ScoreKind("frechet", "Fréchet distance to real images, averaged weights and those of the step",
            Distance("frechet"), Distance("frechetNow"))
            { Takes = ScoredData.Images, LowIsBest = "frechet", Measure = ImageScores.Frechet },
        new ScoreKind("fidelity", "precision, recall, density, coverage",
            Share("precision"), Share("recall"), Distance("density"), Share("coverage"))
            { Takes = ScoredData.Images, Measure = ImageScores.Fidelity },
        new ScoreKind("overfitting", "what D has learned by heart: its logits, ADA's signs and p, nearer training images",
            new("trainLogit"), new("heldOutLogit"), new("fakeLogit"), new("trainSigns", -1, 1), new("heldOutSigns", -1, 1),
            Share("augmentation"), Share("nearerTrain"))
            { Takes = ScoredData.Images, Measure = ImageScores.Overfitting, Refuses = o => AsksD(o, "overfitting") },
        new ScoreKind("estimate", "what D tells of the distance (of Wasserstein, or Jensen-Shannon), on held-out images",
            new ScoreValue("estimate"))
            { Takes = ScoredData.Images, Measure = ImageScores.Estimate, Refuses = o => TellsNoDistance(o) ?? AsksD(o, "estimate") },
        new ScoreKind("turns", "share of images nearer to a real one than when turned by 90, 180 or 270 degrees",
            Share("upright"))
            { Takes = ScoredData.Images, Measure = ImageScores.Turns },
        new ScoreKind("pairs", "L1 error of translations to their true partners where these or the input are not white, share that is " +
            "nearest to its own partner, and both of the inputs as they are",
            Distance("l1"), Share("retrieval"), Distance("l1OfInput"), Share("retrievalOfInput"))
            { Takes = ScoredData.Translations, LowIsBest = "l1", Measure = TranslationScores.Pairs,
                Refuses = TranslationScores.WithoutPartners },
        new ScoreKind("losses", "means over the log's lines since the last scoring",
            new("discriminatorLoss"), new("generatorLoss"), Distance("discriminatorGradientNorm"), Distance("generatorGradientNorm"))
            { Takes = ScoredData.Any, Measure = c => Losses(c.Since) });

    /// <summary>The scores that an experiment takes.</summary>
    /// <exception cref="ArgumentException">There is no such score, or it is not for these data; says which there are.</exception>
    public static IReadOnlyList<ScoreKind> Of(ExperimentOptions options)
    {
        var (names, data) = (options.Scoring.Scores, options.Data);
        if (names == ScoringOptions.Auto)
        {
            var first = All.First(kind => kind.Fits(data) && kind.Refuses(options) is null);
            return first.Beside is { } beside ? [first, All.Find(beside)] : [first];
        }

        var kinds = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()
            .Select(All.Find).ToList();
        return kinds.Find(kind => !kind.Fits(data)) is not { } wrong
            ? kinds
            : throw new ArgumentException($"The score {wrong.Name} is not for {data.Data}; for it there are " +
                $"{string.Join(", ", All.Where(kind => kind.Fits(data)).Select(kind => kind.Name))}.");
    }

    /// <summary>Checks that an experiment's scores can be taken.</summary>
    /// <exception cref="ArgumentException">A score is unknown, not for these data, or goes with no such option; says why.</exception>
    public static void Check(ExperimentOptions options)
    {
        if (Of(options).Select(kind => kind.Refuses(options)).FirstOrDefault(problem => problem is not null) is { } reason)
        {
            throw new ArgumentException(reason);
        }
    }

    /// <summary>The numbers that a run with these options has at each scoring.</summary>
    /// <returns>The names, each with the range that the options give it.</returns>
    public static IReadOnlyList<ScoreValue> ValuesOf(ExperimentOptions options) =>
        [.. Of(options).SelectMany(kind => kind.Values).Select(value => !double.IsNaN(value.Most) ? value
            : value with { Most = DataKinds.Of(options.Data).Modes(options.Data) ?? double.PositiveInfinity })];

    private static IEnumerable<ScoreValue> TrackValues(string floor, string end) =>
    [
        Distance($"speedDistance{floor}"), new($"directionDistance{floor}", 0, 180), Share($"frozen{end}"), Share($"teleports{end}"),
        Share($"lost{end}"), Share($"constancy{end}"), Distance($"shapeError{end}"), Count($"modes{end}"),
    ];

    private static ScoreValue Count(string name) => new(name, 0, double.NaN);

    private static ScoreValue Share(string name) => new(name, 0, 1);

    private static ScoreValue Distance(string name) => new(name, 0);

    private static string? TellsNoDistance(ExperimentOptions options) => options.Game.Loss is "minimax" or "non-saturating" or "wasserstein"
        ? null
        : $"The score estimate is what D tells of a distance; with the loss {options.Game.Loss} it tells none. Take minimax, " +
            $"non-saturating or wasserstein, or leave the score away.";

    private static string? AsksD(ExperimentOptions options, string score) =>
        options.Data.HeldOut is null && !DataKinds.Of(options.Data).HasTest(options.Data.Data)
            ? $"The score {score} asks D about images that it is not trained on, and there are none: set heldOut."
        : DiscriminatorBatch % options.Networks.Pack != 0
            ? $"The score {score} shows D {DiscriminatorBatch} images at a time, which cannot be cut into packs of " +
                $"{options.Networks.Pack}; choose a pack of 1, 2, 4 or 8, or other scores."
        : null;

    private static double[] Losses(IEnumerable<StepReport> since)
    {
        var steps = since.ToList();
        double Mean(Func<StepReport, double> of) => steps.Select(of).DefaultIfEmpty(double.NaN).Average();
        return [Mean(s => s.DiscriminatorLoss), Mean(s => s.GeneratorLoss), Mean(s => s.DiscriminatorGradientNorm),
            Mean(s => s.GeneratorGradientNorm)];
    }
}
