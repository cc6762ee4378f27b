using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Models;

/// <summary>Standard normal latent vectors from a random stream of their own: they depend on the seed alone.</summary>
/// <remarks>Drawn on the CPU, so that every device trains on the same noise and the stream's state can be kept. The seed is mixed with a
/// constant, so that noise and initial weights from one seed are not the same numbers.</remarks>
public sealed class NormalLatents : RandomPart, ILatentSource
{
    private const ulong StreamSalt = 0xA0761D6478BD642FUL;
    private const ulong DrawSalt = 0xE7037ED1A0B428DBUL;

    private readonly int _latentSize;

    /// <summary>Starts the stream.</summary>
    /// <param name="latentSize">The length of each vector, at least 1.</param>
    /// <param name="seed">Chooses the numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1.</exception>
    public NormalLatents(int latentSize, long seed)
        : base(seed, StreamSalt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latentSize, 1);
        _latentSize = latentSize;
    }

    /// <summary>Where the stream stands; setting it makes the same vectors come again.</summary>
    public RandomState State
    {
        get => RandomState.Capture(Random);
        set => value.Restore(Random);
    }

    /// <summary>Draws vectors once, without a stream: for the fixed z of a sample grid. No stream with the seed has them.</summary>
    /// <param name="count">How many; the first ones do not depend on it.</param>
    /// <param name="latentSize">The length of each.</param>
    /// <param name="seed">Chooses the numbers.</param>
    /// <returns>float32, shape (count, latentSize), on the CPU. The caller disposes it.</returns>
    public static Tensor Draw(int count, int latentSize, long seed)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(unchecked((ulong)seed) ^ DrawSalt);
        var numbers = (long)count * latentSize;
        var whole = randn((numbers + 15) / 16 * 16, generator: random); // randn draws by sixteens: the last ones would differ
        return whole.narrow(0, 0, numbers).reshape(count, latentSize).clone().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor NextBatch(int count) => randn(count, _latentSize, generator: Random);
}

/// <summary>An endless stream of latent vectors for a trainer.</summary>
public interface ILatentSource
{
    /// <summary>Draws the next vectors.</summary>
    /// <param name="count">How many.</param>
    /// <returns>Shape (count, LatentSize), on the CPU. The caller disposes it.</returns>
    Tensor NextBatch(int count);
}
