namespace ResearchKit.Runtime;

/// <summary>Processes that train together, one a device. Each call is made by all of them, in the same order; it returns when all have
/// made it.</summary>
/// <remarks><see cref="MpiGroup"/> is one over MPI.</remarks>
public abstract class ProcessGroup
{
    /// <summary>Which of them this process is, from 0. Process 0 writes what is written.</summary>
    public abstract int Rank { get; }

    /// <summary>How many they are.</summary>
    public abstract int Count { get; }

    /// <summary>Puts the sum over the processes in the place of each value: the same bits in each process.</summary>
    /// <param name="values">As many in each process.</param>
    public abstract void Sum(Span<float> values);

    /// <inheritdoc cref="Sum(Span{float})"/>
    public abstract void Sum(Span<double> values);

    /// <summary>Gives all processes what one of them has.</summary>
    /// <param name="bytes">As many in each process.</param>
    /// <param name="from">Whose.</param>
    public abstract void Broadcast(Span<byte> bytes, int from = 0);

    /// <summary>A seed for this process's own random numbers: process 0 keeps the seed, so that one process alone draws what it draws
    /// without a group; each other has another.</summary>
    /// <param name="seed">The training's.</param>
    public long SeedOf(long seed)
    {
        if (Rank == 0)
        {
            return seed;
        }

        // SplitMix64's mixing, so that the seeds s and s + 1 share no streams
        var mixed = unchecked((ulong)seed + ((ulong)Rank * 0x9E3779B97F4A7C15UL));
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL);
        return unchecked((long)(mixed ^ (mixed >> 31)));
    }

    /// <summary>Whether one of the processes says so.</summary>
    /// <param name="own">What this one says.</param>
    public bool Any(bool own)
    {
        Span<double> votes = [own ? 1 : 0];
        Sum(votes);
        return votes[0] > 0;
    }

    /// <summary>Gives all processes what one of them has, whatever its length.</summary>
    /// <param name="bytes">Looked at in that process only; null elsewhere.</param>
    /// <param name="from">Whose.</param>
    public byte[] Share(byte[]? bytes, int from = 0)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BitConverter.TryWriteBytes(length, bytes?.LongLength ?? 0);
        Broadcast(length, from);
        var shared = Rank == from ? bytes! : new byte[BitConverter.ToInt64(length)];
        Broadcast(shared, from);
        return shared;
    }
}
