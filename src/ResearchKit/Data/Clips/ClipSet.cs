using System.Security.Cryptography;
using ResearchKit.Files;

namespace ResearchKit.Data.Clips;

/// <summary>Clips of one length and size, held as one uint8 tensor. In a notebook it plays itself.</summary>
public sealed class ClipSet : IDisposable
{
    /// <summary>Takes ownership of the tensor.</summary>
    /// <param name="name">What the set is called in reports.</param>
    /// <param name="clips">uint8, shape (N, C, T, H, W), N >= 1, C = 1 or 3.</param>
    /// <exception cref="ArgumentException">The dtype or the shape is another.</exception>
    public ClipSet(string name, Tensor clips)
    {
        if (clips.dtype != ScalarType.Byte || clips.dim() != 5 || clips.shape[0] < 1 || clips.shape[1] is not (1 or 3))
        {
            throw new ArgumentException($"Clips must be uint8 of shape (N, C, T, H, W) with N >= 1 and C = 1 or 3, not {clips.dtype} of " +
                $"shape {TensorShape.Show(clips.shape)}.", nameof(clips));
        }

        (Name, Clips) = (name, clips.DetachFromDisposeScope());
    }

    /// <summary>What the set is called in reports.</summary>
    public string Name { get; }

    /// <summary>uint8, shape (N, C, T, H, W); owned by the set.</summary>
    public Tensor Clips { get; }

    /// <summary>How many clips.</summary>
    public long Count => Clips.shape[0];

    /// <summary>Channels of a frame.</summary>
    public int Channels => (int)Clips.shape[1];

    /// <summary>Frames of each clip.</summary>
    public int Frames => (int)Clips.shape[2];

    /// <summary>The frames' height in pixels.</summary>
    public int Height => (int)Clips.shape[3];

    /// <summary>The frames' width in pixels.</summary>
    public int Width => (int)Clips.shape[4];

    /// <summary>What a folder holds that is not in the set, a line each.</summary>
    public IReadOnlyList<string> LeftOut { get; internal init; } = [];

    /// <summary>Clips as a network makes them.</summary>
    /// <param name="name">What the set is called in reports.</param>
    /// <param name="samples">Floats in [-1, 1], shape (N, C, T, H, W); stays the caller's.</param>
    /// <returns>A set on the CPU; bytes by <see cref="PixelValues.ToBytes"/>. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public static ClipSet FromSamples(string name, Tensor samples)
    {
        using var scope = NewDisposeScope();
        return new ClipSet(name, PixelValues.ToBytes(samples).cpu());
    }

    /// <summary>Picks clips.</summary>
    /// <param name="indices">int64, shape (B), each in [0, N).</param>
    /// <returns>A new set of its own. The caller disposes it.</returns>
    public ClipSet Select(Tensor indices)
    {
        using var onDevice = indices.to(Clips.device);
        return new ClipSet(Name, Clips.index_select(0, onDevice));
    }

    /// <summary>Picks clips and scales them for a network.</summary>
    /// <param name="indices">int64, shape (B), each in [0, N); on any device.</param>
    /// <returns>float32, shape (B, C, T, H, W), values in [-1, 1], on the set's device. The caller disposes it.</returns>
    public Tensor Batch(Tensor indices)
    {
        using var onDevice = indices.to(Clips.device);
        using var picked = Clips.index_select(0, onDevice); // (B, C, T, H, W)
        return PixelValues.FromBytes(picked);
    }

    /// <summary>The first clips, scaled for a network.</summary>
    /// <param name="count">How many; all of them where the set has fewer.</param>
    /// <returns>float32, shape (min(count, N), C, T, H, W), values in [-1, 1]. The caller disposes it.</returns>
    public Tensor First(int count)
    {
        using var indices = arange(Math.Min(count, Count));
        return Batch(indices);
    }

    /// <summary>One frame of every clip.</summary>
    /// <param name="frame">Which, in [0, T).</param>
    /// <returns>uint8, shape (N, C, H, W). The caller disposes it.</returns>
    public Tensor Frame(int frame) => Clips.select(2, frame);

    /// <summary>SHA-256 of the shape and of all pixels, in order.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Array.ForEach(Clips.shape, n => hash.AppendData(BitConverter.GetBytes(n)));
        using var onCpu = Clips.cpu();
        using var all = onCpu.contiguous();
        hash.AppendData(all.bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public void Dispose() => Clips.Dispose();

    /// <summary>The name, the number and the shape.</summary>
    public override string ToString() => $"{Name}: {Count} clips of {Frames} frames, {Channels} x {Height} x {Width}";
}

/// <summary>Shuffled batches of clips, shape (BatchSize, C, T, H, W), values in [-1, 1].</summary>
/// <param name="set">The clips; stay the caller's. Batches come on their device.</param>
/// <param name="batchSize">Clips a batch, at most as many as there are.</param>
/// <param name="seed">Chooses the order.</param>
/// <exception cref="ArgumentOutOfRangeException">The batch is empty or larger than the set.</exception>
public sealed class ClipBatches(ClipSet set, int batchSize, long seed) : SampledBatches(set.Count, batchSize, seed)
{
    /// <inheritdoc/>
    protected override Batch Take(Tensor indices) => set.Batch(indices);
}
