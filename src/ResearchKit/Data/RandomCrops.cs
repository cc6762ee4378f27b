using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Data;

/// <summary>Cuts a square out of each image of a stream, where chance has it: the random crops of pix2pix and CycleGAN.</summary>
/// <remarks>Isola et al., arXiv:1611.07004, appendix 6.2 (286 pixels, of which 256 are cut). Where it cuts follows from the seed and from
/// the stream's position alone. So a resumed training goes on with the same cuts, and partners in two streams of one seed are cut alike.
/// </remarks>
/// <param name="images">Batches of shape (B, C, H, W), float32; stays the caller's.</param>
/// <param name="size">Side of the squares in pixels, from 1 to the images' shorter side.</param>
/// <param name="seed">Chooses the places.</param>
/// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
public sealed class RandomCrops(IBatchSource images, int size, long seed) : IBatchSource, IShared
{
    private ulong _sharers = 1;
    private ulong _rank;
    private readonly int _size = size > 0 ? size
        : throw new ArgumentOutOfRangeException(nameof(size), size, "A square has a side of at least one pixel.");

    /// <inheritdoc/>
    public int BatchSize => images.BatchSize;

    /// <inheritdoc/>
    public long BatchesPerEpoch => images.BatchesPerEpoch;

    /// <inheritdoc/>
    public int Classes => images.Classes;

    /// <inheritdoc/>
    public SamplerPosition Position
    {
        get => images.Position;
        set => images.Position = value;
    }

    /// <inheritdoc/>
    public void Share(ProcessGroup group)
    {
        (images as IShared)?.Share(group);
        (_rank, _sharers) = ((ulong)group.Rank, (ulong)group.Count);
    }

    /// <summary>The next batch: the images' values, shape (B, C, size, size), with their labels where they have some. The caller disposes
    /// it.</summary>
    /// <exception cref="ArgumentException">The images are smaller than the squares.</exception>
    public Batch Next()
    {
        var at = ((ulong)(Position.Epoch * BatchesPerEpoch + Position.Batch) * _sharers) + _rank;
        var (whole, labels) = images.Next(); // (B, C, H, W)
        using var all = whole;
        using var scope = NewDisposeScope();
        var (rows, columns) = (whole.shape[2] - _size + 1, whole.shape[3] - _size + 1);
        if (rows < 1 || columns < 1)
        {
            labels?.Dispose();
            throw new ArgumentException($"Squares of {_size} pixels cannot be cut out of images of {whole.shape[3]} x {whole.shape[2]}: " +
                "give larger images, or cut smaller squares.");
        }

        // other numbers than the permutations', whose generators are made of the same seed
        using var random = new Generator(unchecked((ulong)seed * 0xD1342543DE82EF95UL + at * 0x9E3779B97F4A7C15UL + 1));
        var places = rand([whole.shape[0], 2], ScalarType.Float64, generator: random).data<double>().ToArray();
        var squares = Enumerable.Range(0, (int)whole.shape[0]).Select(i => whole.narrow(0, i, 1)
            .narrow(2, (long)(places[2 * i] * rows), _size).narrow(3, (long)(places[2 * i + 1] * columns), _size));
        return new Batch(cat([.. squares]).MoveToOuterDisposeScope(), labels); // (B, C, size, size)
    }
}
