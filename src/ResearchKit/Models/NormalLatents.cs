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

    /// <summary>The same vectors as of a normal distribution that is cut off: numbers beyond a bound do not occur. Samples become more
    /// typical and less varied.</summary>
    /// <param name="z">Standard normal numbers, any shape.</param>
    /// <param name="truncation">The bound, above 0.</param>
    /// <returns>Numbers in [-truncation, truncation], in the order of those of <paramref name="z"/>. The caller disposes them.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not above 0.</exception>
    /// <remarks>The truncation trick of BigGAN, arXiv:1809.11096, section 3.1, which draws numbers beyond the bound again. Here each number
    /// keeps its quantile, so that the distribution is the same and one number does not move another.</remarks>
    public static Tensor Truncate(Tensor z, double truncation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(truncation);
        using var scope = NewDisposeScope();
        var bound = tensor(truncation / Math.Sqrt(2), ScalarType.Float64).erf();
        var quantiles = (z.to(ScalarType.Float64) / Math.Sqrt(2)).erf() * bound; // twice the distance from the median's
        return (quantiles.erfinv() * Math.Sqrt(2)).to(z.dtype).MoveToOuterDisposeScope();
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
