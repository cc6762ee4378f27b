using ResearchKit.State;

namespace ResearchKit.Training.Augmentation;

/// <summary>DiffAugment: every image that D sees is coloured, shifted and cut at random, so that D needs far fewer real images.</summary>
/// <remarks>Zhao et al., arXiv:2006.10738, with the ranges of the authors' code: brightness + U(-1/2, 1/2); saturation (distance from the
/// channels' mean) times U(0, 2); contrast (distance from the image's mean) times U(1/2, 3/2); shifts of up to a side / 8; cutouts of a
/// side / 2 around a random point. Images have values in [-1, 1] and are not clipped. Equal to the authors' code given the same random
/// numbers, up to rounding. The numbers are drawn on the CPU. Deviations: none.</remarks>
public sealed class DiffAugment : RandomPart, IAugmentation
{
    private const int Draws = 7; // brightness, saturation, contrast, the two shifts, the cutout's two positions

    /// <summary>Starts the stream of random numbers.</summary>
    /// <param name="transforms">What is applied.</param>
    /// <param name="seed">Chooses the numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">An unknown transform is asked for.</exception>
    public DiffAugment(DiffAugmentTransforms transforms = DiffAugmentTransforms.All, long seed = 0)
        : base(seed, salt: 0x52DCE729)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(transforms & ~DiffAugmentTransforms.All, DiffAugmentTransforms.None,
            nameof(transforms));
        Transforms = transforms;
    }

    /// <summary>What is applied.</summary>
    public DiffAugmentTransforms Transforms { get; }

    /// <inheritdoc/>
    public bool NeedsImages => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The samples are not images.</exception>
    public Tensor Apply(Tensor samples, long step)
    {
        ImageBatch.Require(samples, nameof(DiffAugment), 1);
        if (Transforms == DiffAugmentTransforms.None)
        {
            return samples;
        }

        using var scope = NewDisposeScope();
        var draws = rand(samples.shape[0], Draws, dtype: ScalarType.Float64, generator: Random).to(samples.device); // (B, 7)
        var x = Transforms.HasFlag(DiffAugmentTransforms.Color) ? Color(samples, draws) : samples;
        x = Transforms.HasFlag(DiffAugmentTransforms.Translation) ? Translate(x, draws) : x;
        x = Transforms.HasFlag(DiffAugmentTransforms.Cutout) ? Cut(x, draws) : x;
        return x.MoveToOuterDisposeScope();
    }

    private static Tensor Color(Tensor x, Tensor draws)
    {
        Tensor Uniform(int column, double from) => Column(draws, column, 4).add(from).to(x.dtype); // (B, 1, 1, 1)
        var brightness = Uniform(0, -0.5);
        var contrast = Uniform(2, 0.5);
        if (x.shape[1] > 1) // one channel is its own mean
        {
            var saturation = Uniform(1, 0) * 2;
            x = (x * saturation) + (x.mean([1], keepdim: true) * (1 - saturation));
        }

        // Brightness moves an image's mean along, so contrast leaves it alone: both in one multiplication and one addition.
        return (x * contrast) + ((x.mean([1, 2, 3], keepdim: true) * (1 - contrast)) + brightness);
    }

    private static Tensor Translate(Tensor x, Tensor draws)
    {
        var (height, width) = (x.shape[2], x.shape[3]);
        var row = arange(height, device: x.device).reshape(1, -1, 1) + Shift(3, height); // (B, H, 1): where each row comes from
        var column = arange(width, device: x.device).reshape(1, 1, -1) + Shift(4, width); // (B, 1, W)
        var inside = ((row >= 0) & (row < height)).to(x.dtype) * ((column >= 0) & (column < width)).to(x.dtype); // (B, H, W)
        var index = (row.clamp(0, height - 1) * width) + column.clamp(0, width - 1); // (B, H, W)
        return PixelLookup.Gather(x, index) * inside.unsqueeze(1); // (B, C, H, W)

        Tensor Shift(int draw, long side)
        {
            var most = Share(side, 8);
            return Whole(draws, draw, (2 * most) + 1) - most;
        }
    }

    private static Tensor Cut(Tensor x, Tensor draws)
    {
        var (height, width) = (x.shape[2], x.shape[3]);
        var rows = Covered(5, height).reshape(-1, height, 1);
        var columns = Covered(6, width).reshape(-1, 1, width);
        return x * (rows & columns).logical_not().to(x.dtype).unsqueeze(1);

        Tensor Covered(int draw, long side)
        {
            var size = Share(side, 2);
            var first = Whole(draws, draw, side + 1 - (size % 2)) - (size / 2); // (B, 1, 1)
            var position = arange(side, device: x.device); // (side)
            return (position >= first) & (position < first + size); // (B, 1, side)
        }
    }

    // A part of a side in whole pixels, halves up.
    private static long Share(long side, int parts) => (side + (parts / 2)) / parts;

    private static Tensor Column(Tensor draws, int column, int rank) => draws[.., column].reshape([-1, .. Enumerable.Repeat(1L, rank - 1)]);

    /// <summary>Whole numbers from 0 to <paramref name="count"/> - 1, shape (B, 1, 1).</summary>
    private static Tensor Whole(Tensor draws, int column, long count) => Column(draws, column, 3).mul(count).floor().to(ScalarType.Int64);
}

/// <summary>The parts of <see cref="DiffAugment"/>, in the order in which they are applied.</summary>
[Flags]
public enum DiffAugmentTransforms
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Brightness, saturation (which leaves images of one channel as they are) and contrast.</summary>
    Color = 1,

    /// <summary>A shift by up to an eighth of each side; what comes in is 0.</summary>
    Translation = 2,

    /// <summary>A rectangle of half of each side is set to 0.</summary>
    Cutout = 4,

    /// <summary>All three: the paper's choice for few images.</summary>
    All = Color | Translation | Cutout,
}
