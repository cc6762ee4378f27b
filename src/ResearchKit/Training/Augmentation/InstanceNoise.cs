using ResearchKit.Schedules;
using ResearchKit.State;

namespace ResearchKit.Training.Augmentation;

/// <summary>Gaussian noise on real and generated samples alike: their distributions then overlap, and D has a slope between them.</summary>
/// <remarks>Sønderby et al., arXiv:1610.04490, with a sigma that ends at 0 as the training goes on. Samples may have any shape. The noise
/// is drawn on the CPU, so that every device trains on the same. Deviations: none.</remarks>
public sealed class InstanceNoise : RandomPart, IAugmentation
{
    /// <summary>Starts the stream of noise.</summary>
    /// <param name="sigma">The standard deviation in units of the samples, at least 0, in every step.</param>
    /// <param name="seed">Chooses the noise.</param>
    /// <exception cref="ArgumentException">The schedule goes below 0 or is not finite.</exception>
    public InstanceNoise(Schedule sigma, long seed = 0)
        : base(seed, salt: 0x1B873593) => Sigma = sigma.Require("The noise's sigma");

    /// <summary>The standard deviation.</summary>
    public Schedule Sigma { get; }

    /// <inheritdoc/>
    public bool NeedsImages => false;

    /// <inheritdoc/>
    public Tensor Apply(Tensor samples, long step)
    {
        var sigma = Sigma.At(step);
        if (sigma == 0)
        {
            return samples;
        }

        using var scope = NewDisposeScope();
        var noise = randn(samples.shape, dtype: samples.dtype, generator: Random).mul_(sigma).to(samples.device);
        return (samples + noise).MoveToOuterDisposeScope();
    }
}
