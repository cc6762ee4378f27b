namespace ResearchKit.Runtime;

/// <summary>The state of a CPU random generator as plain bytes: it can be kept, compared, written and put back exactly.</summary>
/// <remarks>
/// The generators of CUDA devices have no state in TorchSharp; draw noise with a CPU generator and copy it, as
/// <see cref="Training.GanTrainer"/> does, and a run on a GPU draws the same noise after a resume.
/// </remarks>
public sealed class RandomState : IEquatable<RandomState>
{
    private readonly byte[] _bytes;

    private RandomState(byte[] bytes) => _bytes = bytes;

    /// <summary>The state as bytes in libtorch's own layout (Mersenne twister, 5,056 bytes).</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Seeds the global CPU generator, which the initialisers of layers draw from.</summary>
    /// <param name="seed">Any number; the same seed gives the numbers that PyTorch gives.</param>
    public static void Seed(long seed) => manual_seed(seed);

    /// <summary>Reads a generator's state; it does not move.</summary>
    /// <param name="generator">A CPU generator; null for the global one.</param>
    public static RandomState Capture(Generator? generator = null)
    {
        using var state = (generator ?? Generator.Default).get_state();
        return new RandomState(state.data<byte>().ToArray());
    }

    /// <summary>Wraps bytes that <see cref="Bytes"/> gave.</summary>
    /// <exception cref="ArgumentException">The length is not that of a generator state.</exception>
    public static RandomState FromBytes(ReadOnlySpan<byte> bytes)
    {
        using var probe = Generator.Default.get_state();
        if (bytes.Length != probe.numel())
        {
            throw new ArgumentException($"A CPU generator state has {probe.numel()} bytes, not {bytes.Length}.", nameof(bytes));
        }

        return new RandomState(bytes.ToArray());
    }

    /// <summary>Puts this state into a generator.</summary>
    /// <param name="generator">A CPU generator; null for the global one.</param>
    public void Restore(Generator? generator = null)
    {
        using var state = tensor(_bytes, ScalarType.Byte);
        (generator ?? Generator.Default).set_state(state);
    }

    /// <inheritdoc/>
    public bool Equals(RandomState? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RandomState);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }
}
