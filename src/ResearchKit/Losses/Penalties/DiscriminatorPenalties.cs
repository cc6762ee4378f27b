using ResearchKit.Registers;
using ResearchKit.Schedules;

namespace ResearchKit.Losses.Penalties;

/// <summary>A penalty on D that options name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Paper">Where it comes from.</param>
/// <param name="Purpose">What it is for, in one sentence.</param>
/// <param name="CanBeLazy">Whether it makes sense in every k-th step only (<see cref="LazyPenalty"/>).</param>
/// <param name="Create">Builds it from its weight and a seed for what it draws. The caller disposes it where it can be.</param>
public sealed record DiscriminatorPenaltyEntry(string Name, string Paper, string Purpose, bool CanBeLazy,
    Func<Schedule, long, IDiscriminatorPenalty> Create) : PenaltyEntry(Name, Paper, Purpose);

/// <summary>The penalties on D by name. Their terms are added to D's loss in this order.</summary>
public static class DiscriminatorPenalties
{
    /// <summary>Every penalty.</summary>
    public static Register<DiscriminatorPenaltyEntry> All { get; } = new("penalty",
    [
        new("gradientPenalty", "WGAN-GP, arXiv:1704.00028", "keeps a critic's slope between real and generated samples near 1",
            false, (weight, seed) => new WganGpPenalty(weight, seed)),
        new("r1", "Mescheder et al., arXiv:1801.04406", "flattens D at real samples, so that the game comes to rest",
            true, (gamma, _) => new R1Penalty(gamma)),
        new("r2", "Mescheder et al., arXiv:1801.04406", "flattens D at generated samples; R3GAN takes it with r1",
            true, (gamma, _) => new R2Penalty(gamma)),
        new("leCam", "Tseng et al., arXiv:2104.03310", "keeps D's logits from drifting apart on few data",
            false, (weight, _) => new LeCamPenalty(weight)),
        new("labelSmoothing", "Salimans et al., arXiv:1606.03498", "keeps the logits of real samples finite: one-sided smoothing",
            false, (epsilon, _) => new LabelSmoothing(epsilon)),
    ]);
}
