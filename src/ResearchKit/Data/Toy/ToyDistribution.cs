namespace ResearchKit.Data.Toy;

/// <summary>A distribution in one or a few dimensions that can be sampled: data whose truth is known.</summary>
/// <param name="name">What it is called in reports.</param>
/// <param name="dimensions">Numbers in a point, at least 1.</param>
public abstract class ToyDistribution(string name, int dimensions)
{
    private const ulong DrawSalt = 0x8EBC6AF09C88C6E3UL;

    /// <summary>What it is called in reports.</summary>
    public string Name => name;

    /// <summary>Numbers in a point.</summary>
    public int Dimensions => dimensions;

    /// <summary>Draws points. The same count and seed give the same points on every machine.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">Chooses them; a stream of its own, so that noise z or weights of the same seed are other numbers.</param>
    /// <returns>float32, shape (count, Dimensions), on the CPU. The caller disposes it.</returns>
    public Tensor Sample(int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var random = new Generator(unchecked((ulong)seed) ^ DrawSalt);
        return Draw(count, random).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Draws points in float64.</summary>
    /// <param name="count">How many.</param>
    /// <param name="random">The only source of chance.</param>
    /// <returns>float64, shape (count, Dimensions); temporaries may be left to the caller's scope.</returns>
    protected abstract Tensor Draw(int count, Generator random);

    private protected static double NotNegative(double noise)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(noise);
        return noise;
    }
}
