using ResearchKit.Registers;
using ResearchKit.Schedules;

namespace ResearchKit.Training.Augmentation;

/// <summary>What an augmentation that options name is built from.</summary>
/// <param name="Probability">How probable a transform is that does not steer itself, in [0, 1].</param>
/// <param name="Speed">Images in which a probability that steers itself could go from 0 to 1, at least 1.</param>
/// <param name="Seed">Chooses the random numbers.</param>
public sealed record AugmentationSettings(Schedule Probability, long Speed, long Seed);

/// <summary>An augmentation that options name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Paper">Where it comes from.</param>
/// <param name="Purpose">What it is for, in one sentence.</param>
/// <param name="Create">Builds it. The caller disposes it where it can be.</param>
public sealed record AugmentationEntry(string Name, string Paper, string Purpose, Func<AugmentationSettings, IAugmentation> Create)
    : INamed;

/// <summary>The augmentations of images by name.</summary>
public static class Augmentations
{
    /// <summary>Every augmentation.</summary>
    public static Register<AugmentationEntry> All { get; } = new("augmentation",
    [
        new("diff", "DiffAugment, arXiv:2006.10738", "colour, shift and cutout on every image, for few images",
            s => new DiffAugment(seed: s.Seed)),
        new("ada", "ADA, arXiv:2006.06676", "many transforms, as probable as D overfits",
            s => new AdaptiveAugmentation(new AdaptiveController(speed: s.Speed), seed: s.Seed)),
        new("ada-all", "ADA, arXiv:2006.06676, appendix B", "as ada, with filters, noise and cutout as well",
            s => new AdaptiveAugmentation(new AdaptiveController(speed: s.Speed), AdaptiveTransforms.All, s.Seed)),
        new("ada-schedule", "ADA, arXiv:2006.06676, as R3GAN uses it", "the transforms of ada, with the probability augmentProbability",
            s => new AdaptiveAugmentation(s.Probability, seed: s.Seed)),
        new("quarter-turns", "ADA, arXiv:2006.06676, section 2.2", "turns by 90 degrees, to see when an augmentation leaks into G",
            s => new AdaptiveAugmentation(s.Probability, AdaptiveTransforms.QuarterTurn, s.Seed)),
    ]);
}
