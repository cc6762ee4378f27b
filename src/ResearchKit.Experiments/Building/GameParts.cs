using ResearchKit.Experiments.Options;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Schedules;
using ResearchKit.Training.Augmentation;

namespace ResearchKit.Experiments.Building;

/// <summary>The parts of a game that options name: loss, penalties, augmentations.</summary>
internal static class GameParts
{
    /// <summary>The loss of a name.</summary>
    /// <exception cref="ArgumentException">There is no such loss; says which there are.</exception>
    public static IAdversarialLoss Loss(string name) => name switch
    {
        "minimax" => new MinimaxLoss(),
        "non-saturating" => new NonSaturatingLoss(),
        "least-squares" => new LeastSquaresLoss(),
        "wasserstein" => new WassersteinLoss(),
        "hinge" => new HingeLoss(),
        "relativistic-average" => new RelativisticAverageLoss(),
        "relativistic-pairing" => new RelativisticPairingLoss(),
        _ =>
            throw new ArgumentException($"There is no loss '{name}'; there are minimax, non-saturating, least-squares, wasserstein, " +
                $"hinge, relativistic-average, relativistic-pairing."),
    };

    /// <summary>The penalties on D. The caller disposes those that can be.</summary>
    public static IReadOnlyList<IDiscriminatorPenalty> Penalties(ExperimentOptions options)
    {
        var penalties = new List<IDiscriminatorPenalty>();
        if (options.GradientPenalty > 0)
        {
            penalties.Add(new WganGpPenalty(options.GradientPenalty, options.Seed));
        }

        foreach (var (_, penalty) in new (Schedule, IDiscriminatorPenalty)[] { (options.R1, new R1Penalty(options.R1)),
            (options.R2, new R2Penalty(options.R2)) }.Where(p => p.Item1 != 0.0))
        {
            penalties.Add(options.PenaltyEvery > 1 ? new LazyPenalty(penalty, options.PenaltyEvery) : penalty);
        }

        if (options.LeCam > 0)
        {
            penalties.Add(new LeCamPenalty(options.LeCam));
        }

        if (options.LabelSmoothing != 0.0)
        {
            penalties.Add(new LabelSmoothing(options.LabelSmoothing));
        }

        return penalties;
    }

    /// <summary>Checks an augmentation's name.</summary>
    /// <exception cref="ArgumentException">There is no such augmentation; says which there are.</exception>
    public static void CheckAugmentation(string name)
    {
        if (name is not ("none" or "diff" or "ada" or "quarter-turns"))
        {
            throw new ArgumentException($"There is no augmentation '{name}'; there are none, diff, ada, quarter-turns.");
        }
    }

    /// <summary>What samples go through before D. The caller disposes those that can be.</summary>
    public static IReadOnlyList<IAugmentation> Augmentations(ExperimentOptions options)
    {
        var augmentations = new List<IAugmentation>();
        switch (options.Augment)
        {
            case "diff":
                augmentations.Add(new DiffAugment(seed: options.Seed));
                break;
            case "ada":
                augmentations.Add(new AdaptiveAugmentation(new AdaptiveController(speed: options.AdaSpeed), seed: options.Seed));
                break;
            case "quarter-turns":
                augmentations.Add(new AdaptiveAugmentation(options.AugmentProbability, AdaptiveTransforms.QuarterTurn, options.Seed));
                break;
        }

        if (options.Noise != 0.0)
        {
            augmentations.Add(new InstanceNoise(options.Noise, options.Seed));
        }

        return augmentations;
    }
}
