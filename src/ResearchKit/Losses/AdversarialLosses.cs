using ResearchKit.Registers;

namespace ResearchKit.Losses;

/// <summary>A loss that options name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Paper">Where it comes from.</param>
/// <param name="Purpose">What it is for, in one sentence.</param>
/// <param name="Create">Builds it.</param>
public sealed record LossEntry(string Name, string Paper, string Purpose, Func<IAdversarialLoss> Create) : INamed;

/// <summary>The adversarial losses by name.</summary>
public static class AdversarialLosses
{
    /// <summary>Every loss.</summary>
    public static Register<LossEntry> All { get; } = new("loss",
    [
        new("minimax", "Goodfellow et al., arXiv:1406.2661, eq. 1", "the game as theory has it; G learns little while D is sure",
            () => new MinimaxLoss()),
        new("non-saturating", "Goodfellow et al., arXiv:1406.2661, section 3", "the usual first choice: G learns while D is sure",
            () => new NonSaturatingLoss()),
        new("least-squares", "Mao et al., arXiv:1611.04076", "D regresses labels, so samples far from its border count more",
            () => new LeastSquaresLoss()),
        new("wasserstein", "Arjovsky et al., arXiv:1701.07875", "a distance of distributions; the critic needs a bound on its slope",
            () => new WassersteinLoss()),
        new("hinge", "Lim and Ye, arXiv:1705.02894", "D leaves samples beyond the margin alone; usual with spectral normalisation",
            () => new HingeLoss()),
        new("relativistic-average", "Jolicoeur-Martineau, arXiv:1807.00734", "D compares each sample with the average of the others",
            () => new RelativisticAverageLoss()),
        new("relativistic-pairing", "Jolicoeur-Martineau, arXiv:1807.00734", "D compares pairs; with r1 and r2 it is R3GAN's game",
            () => new RelativisticPairingLoss()),
    ]);
}
