using ResearchKit.Schedules;
using ResearchKit.State;

namespace ResearchKit.Training.Augmentation;

/// <summary>Gaussian noise on real and generated samples alike: it makes their distributions overlap, so that D has a slope between
/// them.</summary>
/// <remarks>
/// Sønderby et al., arXiv:1610.04490, with a sigma that ends at 0 as the training goes on. Samples may have any shape.
/// The noise is drawn on the CPU, so that every device trains on the same. Deviations: none.
/// </remarks>
public sealed class InstanceNoise : IAugmentation, IResumable, IDisposable
{
    private const ulong Salt = 0x1B873593;

    private readonly RandomStream _random;

    /// <summary>Starts the stream of noise.</summary>
    /// <param name="sigma">The standard deviation in units of the samples, at least 0, in every step.</param>
    /// <param name="seed">Chooses the noise.</param>
    /// <exception cref="ArgumentException">The schedule goes below 0 or is not finite.</exception>
    public InstanceNoise(Schedule sigma, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(sigma);
        if (!sigma.StaysWithin(0, double.MaxValue))
        {
            throw new ArgumentException($"The noise's sigma must stay finite and at least 0, but the schedule is \"{sigma}\".",
                nameof(sigma));
        }

        Sigma = sigma;
        _random = new RandomStream(seed, Salt);
    }

    /// <summary>The standard deviation.</summary>
    public Schedule Sigma { get; }

    /// <inheritdoc/>
    public bool NeedsImages => false;

    /// <inheritdoc/>
    public Tensor Apply(Tensor samples, long step)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var sigma = Sigma.At(step);
        if (sigma == 0)
        {
            return samples;
        }

        using var scope = NewDisposeScope();
        var noise = randn(samples.shape, dtype: samples.dtype, generator: _random.Generator).mul_(sigma).to(samples.device);
        return (samples + noise).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Save(StateStore state) => _random.Save(state);

    /// <inheritdoc/>
    public void Load(StateStore state) => _random.Load(state);

    /// <inheritdoc/>
    public void Dispose() => _random.Dispose();
}
