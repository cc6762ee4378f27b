using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Models;

/// <summary>Standard normal latent vectors from a random stream of their own: they depend on the seed alone.</summary>
/// <remarks>Drawn on the CPU, so that every device trains on the same noise and the stream's state can be kept.</remarks>
public sealed class NormalLatents : ILatentSource
{
    private readonly int _latentSize;
    private readonly Generator _random;

    /// <summary>Starts the stream.</summary>
    /// <param name="latentSize">The length of each vector.</param>
    /// <param name="seed">Chooses the numbers.</param>
    public NormalLatents(int latentSize, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latentSize, 1);
        _latentSize = latentSize;
        _random = new Generator(unchecked((ulong)seed));
    }

    /// <summary>Where the stream stands; setting it makes the same vectors come again.</summary>
    public RandomState State
    {
        get => RandomState.Capture(_random);
        set => value.Restore(_random);
    }

    /// <summary>Draws vectors once, without a stream: for the fixed z of a sample grid.</summary>
    /// <returns>float32, shape (count, latentSize), on the CPU. The caller disposes it.</returns>
    public static Tensor Draw(int count, int latentSize, long seed) => new NormalLatents(latentSize, seed).NextBatch(count);

    /// <inheritdoc/>
    public Tensor NextBatch(int count) => randn(count, _latentSize, generator: _random);
}
