namespace ResearchKit.Runtime;

/// <summary>The draws of NumPy's <c>RandomState</c>, bit for bit: what published metrics used to choose their subsets.</summary>
/// <remarks>
/// Mersenne twister MT19937 (Matsumoto and Nishimura, doi:10.1145/272991.272995) with the seeding of 2002 for one 32-bit number; bounded
/// numbers by masked rejection and shuffles by Fisher and Yates from the end, as NumPy's legacy generator has them. NumPy has frozen that
/// stream. Not for anything but repeating such draws.
/// </remarks>
public sealed class NumpyRandom
{
    private const int Length = 624;
    private const int Middle = 397;

    private readonly uint[] _state = new uint[Length];
    private int _next = Length;

    /// <summary>The generator that <c>numpy.random.RandomState(seed)</c> makes.</summary>
    /// <param name="seed">From 0 to 2^32 - 1, as in NumPy.</param>
    /// <exception cref="ArgumentOutOfRangeException">The seed is outside that range.</exception>
    public NumpyRandom(long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seed, uint.MaxValue);
        var value = (uint)seed;
        for (var i = 0; i < Length; i++)
        {
            _state[i] = value;
            value = unchecked(1812433253u * (value ^ (value >> 30)) + (uint)i + 1);
        }
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_next == Length)
        {
            Twist();
        }

        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    /// <summary>Puts the items into a random order: <c>shuffle</c>.</summary>
    /// <param name="items">Shuffled in place.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = (int)AtMost((uint)i);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>The numbers from 0 to <paramref name="count"/> - 1 in a random order: <c>permutation(count)</c>.</summary>
    /// <param name="count">At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public long[] Permutation(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        long[] order = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        Shuffle(order.AsSpan());
        return order;
    }

    /// <summary>Different numbers below <paramref name="count"/>: <c>choice(count, size, replace=False)</c>, which moves the generator by a
    /// whole permutation.</summary>
    /// <param name="count">How many there are to choose from.</param>
    /// <param name="size">How many to take, at most <paramref name="count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative or larger than the count.</exception>
    public long[] Choice(int count, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, count);
        return Permutation(count)[..size];
    }

    private uint AtMost(uint maximum)
    {
        var mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(maximum);
        uint value;
        do
        {
            value = NextUInt32() & mask;
        }
        while (value > maximum);
        return value;
    }

    private void Twist()
    {
        for (var i = 0; i < Length; i++)
        {
            var y = (_state[i] & 0x80000000u) | (_state[(i + 1) % Length] & 0x7fffffffu);
            _state[i] = _state[(i + Middle) % Length] ^ (y >> 1) ^ ((y & 1) * 0x9908b0dfu);
        }

        _next = 0;
    }
}
