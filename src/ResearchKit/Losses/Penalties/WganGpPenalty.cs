using ResearchKit.Schedules;
using ResearchKit.State;

namespace ResearchKit.Losses.Penalties;

/// <summary>WGAN-GP: lambda times the mean squared distance of the critic's slope from 1 at points between real and fake samples.</summary>
/// <remarks>Gulrajani et al., arXiv:1704.00028, eq. 3 and algorithm 1: one uniform mixing weight a sample, the norm over all its values.
/// The weights come from a random stream of the penalty's own, on the CPU. Deviations: none; one-sided it is the variant of that paper's
/// section 4, which Petzka, Fischer and Lukovnicov, arXiv:1709.08894, argue for: a slope below 1 costs nothing, as 1-Lipschitz asks, and a
/// critic whose sign is wrong is not held there.</remarks>
public sealed class WganGpPenalty : RandomPart, IDiscriminatorPenalty
{
    /// <summary>Creates the penalty.</summary>
    /// <param name="weight">lambda, at least 0 in every step; null for 10, the paper's.</param>
    /// <param name="seed">Chooses the points.</param>
    /// <param name="oneSided">True to punish only slopes above 1.</param>
    /// <exception cref="ArgumentException">The weight goes below 0 or is not finite.</exception>
    public WganGpPenalty(Schedule? weight = null, long seed = 0, bool oneSided = false)
        : base(seed) => (Weight, IsOneSided) = ((weight ?? 10.0).Require("The weight of WGAN-GP's penalty"), oneSided);

    /// <summary>lambda.</summary>
    public Schedule Weight { get; }

    /// <summary>Whether slopes below 1 cost nothing.</summary>
    public bool IsOneSided { get; }

    /// <inheritdoc/>
    public SlopeSites Sites => SlopeSites.Between;

    /// <inheritdoc/>
    public bool IsDue(long step) => Weight.At(step) > 0;

    /// <inheritdoc/>
    public Tensor Compute(DiscriminatorPass pass)
    {
        using var scope = NewDisposeScope();
        // (B); its derivative at 0 is 0, that of a square root would be infinite
        var slope = pass.SlopesAt(PointsBetween(pass.Real.detach(), pass.Fake.detach(), Random, pass.Pack)).norm(1);
        var excess = IsOneSided ? (slope - 1).clamp_min(0) : slope - 1;
        return (excess.square().mean() * Weight.At(pass.Step)).MoveToOuterDisposeScope();
    }

    /// <summary>Random points on the lines between real and generated samples, eq. 3's distribution: packs share a weight.</summary>
    internal static Tensor PointsBetween(Tensor real, Tensor fake, Generator random, int pack = 1)
    {
        long[] shape = [real.shape[0] / pack, .. Enumerable.Repeat(1L, (int)real.dim() - 1)];
        var alpha = rand(shape, generator: random).to(real.dtype, real.device).repeat_interleave(pack, 0); // (B, 1, ...)
        return alpha * real + (1 - alpha) * fake;
    }
}
