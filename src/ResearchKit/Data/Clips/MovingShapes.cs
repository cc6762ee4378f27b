namespace ResearchKit.Data.Clips;

/// <summary>Clips that the kit draws itself: one white shape moves over black and bounces at the edges, so that what it is and where it is
/// in each frame is known.</summary>
/// <remarks>All lengths are for frames of 32 pixels and grow with the side. A shape is one of <see cref="Shapes"/>, each of
/// <see cref="Area"/> square pixels, so that none is known by its brightness, and stays upright. It starts anywhere inside, moves in one of
/// <see cref="Directions"/> directions at a constant speed between <see cref="Slowest"/> and <see cref="Fastest"/>, and its centre is
/// reflected <see cref="Margin"/> pixels from each edge. All of these are uniform. Edges are smooth: a pixel's value is 0.5 minus its
/// centre's signed distance from the outline, in pixels, cut off at 0 and 1.</remarks>
public static class MovingShapes
{
    /// <summary>Directions of the first step: 0 is to the right, 2 downwards, each 45 degrees from the next.</summary>
    public const int Directions = 8;

    /// <summary>The least speed, in pixels a frame.</summary>
    public const double Slowest = 0.5;

    /// <summary>The greatest, in pixels a frame.</summary>
    public const double Fastest = 2;

    /// <summary>How near the centre comes to an edge, in pixels.</summary>
    public const double Margin = 6.5;

    /// <summary>The area of each shape, in square pixels.</summary>
    public const double Area = 49;

    private const int AtOnce = 4096; // frames

    /// <summary>The shapes' names: a disc, a square, an equilateral triangle on its base, a cross of five squares.</summary>
    public static IReadOnlyList<string> Shapes { get; } = ["disc", "square", "triangle", "cross"];

    /// <summary>Draws clips.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="frames">Frames of each, at least 1.</param>
    /// <param name="size">The frames' side in pixels, at least 16.</param>
    /// <param name="seed">Chooses them.</param>
    /// <returns>The set of grey clips, and what moves in them. The caller disposes both.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public static (ClipSet Set, ShapeTracks Tracks) Draw(int count, int frames, int size, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 16);
        using var scope = NewDisposeScope();
        using var random = new Generator(unchecked((ulong)seed));
        var unit = size / 32.0;
        var shapes = randint(0, Shapes.Count, [count], ScalarType.Int64, generator: random); // (N)
        var directions = randint(0, Directions, [count], ScalarType.Int64, generator: random); // (N)
        var speeds = (rand([count], ScalarType.Float64, generator: random) * (Fastest - Slowest) + Slowest) * unit; // (N)
        var (least, range) = (Margin * unit, size - (2 * Margin * unit));
        var starts = rand([count, 2], ScalarType.Float64, generator: random) * range; // (N, 2), from the margin
        var angles = directions.to(ScalarType.Float64) * (2 * Math.PI / Directions);
        var steps = stack([angles.cos(), angles.sin()], 1) * speeds.unsqueeze(1); // (N, 2)
        var time = arange(frames, ScalarType.Float64).reshape(1, frames, 1);
        var straight = starts.unsqueeze(1) + (time * steps.unsqueeze(1)); // (N, T, 2), as if there were no edge
        var centres = range - (straight.remainder(2 * range) - range).abs() + least; // there and back again
        var clips = empty([count, 1, frames, size, size], ScalarType.Byte);
        var each = Math.Max(1, AtOnce / frames);
        for (var shape = 0; shape < Shapes.Count; shape++)
        {
            var mine = shapes.eq(shape).nonzero().flatten(); // (M)
            foreach (var some in mine.shape[0] == 0 ? [] : mine.split(each))
            {
                using var part = NewDisposeScope();
                var images = Render(shape, centres.index_select(0, some).reshape(-1, 2), size); // (B T, 1, H, W)
                var bytes = (images * 255).round().to(ScalarType.Byte).reshape(-1, 1, frames, size, size);
                clips.index_copy_(0, some, bytes);
            }
        }

        var tracks = new ShapeTracks(shapes, directions, speeds, centres);
        return (new ClipSet("moving-shapes", clips), tracks);
    }

    /// <summary>Draws one shape at given places.</summary>
    /// <param name="shape">Its number in <see cref="Shapes"/>.</param>
    /// <param name="centres">The centres (x, y) in pixels from the upper left corner, float64, shape (N, 2).</param>
    /// <param name="size">The images' side in pixels.</param>
    /// <returns>float32, shape (N, 1, H, W), 0 for black to 1 for white. The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such shape.</exception>
    public static Tensor Render(int shape, Tensor centres, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shape);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shape, Shapes.Count);
        using var scope = NewDisposeScope();
        var unit = size / 32.0;
        var places = arange(size, ScalarType.Float32, centres.device) + 0.5; // of pixels' centres
        var at = centres.to(ScalarType.Float32);
        var x = places.reshape(1, 1, 1, size) - at.select(1, 0).reshape(-1, 1, 1, 1); // (N, 1, 1, W)
        var y = places.reshape(1, 1, size, 1) - at.select(1, 1).reshape(-1, 1, 1, 1); // (N, 1, H, 1)
        var area = Area * unit * unit;
        return (0.5 - Distance(shape, x, y, area)).clamp(0, 1).MoveToOuterDisposeScope(); // (N, 1, H, W)
    }

    // The signed distance from the outline of a shape around (0, 0), below 0 inside: the largest of those from its sides.
    private static Tensor Distance(int shape, Tensor x, Tensor y, double area)
    {
        switch (shape)
        {
            case 0:
                return (x.square() + y.square()).sqrt() - Math.Sqrt(area / Math.PI);
            case 1:
                return maximum(x.abs(), y.abs()) - (Math.Sqrt(area) / 2);
            case 2:
                var sides = maximum(y, (x.abs() * (Math.Sqrt(3) / 2)) - (y / 2));
                return sides - Math.Sqrt(area / (3 * Math.Sqrt(3))); // the radius of the circle inside
            default:
                var arm = Math.Sqrt(area / 5) / 2;
                Tensor Bar(Tensor along, Tensor across) => maximum(along.abs() - (3 * arm), across.abs() - arm);
                return minimum(Bar(x, y), Bar(y, x));
        }
    }
}

/// <summary>What moves in drawn clips, all on the CPU; owned by this.</summary>
/// <param name="Shapes">The shapes' numbers in <see cref="MovingShapes.Shapes"/>, int64, shape (N).</param>
/// <param name="Directions">The first step's directions (<see cref="MovingShapes.Directions"/>), int64, shape (N); a bounce changes the
/// direction.</param>
/// <param name="Speeds">Pixels a frame, float64, shape (N).</param>
/// <param name="Centres">(x, y) in each frame, in pixels from the upper left corner, float64, shape (N, T, 2).</param>
public sealed record ShapeTracks(Tensor Shapes, Tensor Directions, Tensor Speeds, Tensor Centres) : IDisposable
{
    /// <summary>As it was made.</summary>
    public Tensor Shapes { get; } = Shapes.DetachFromDisposeScope();

    /// <summary>Likewise.</summary>
    public Tensor Directions { get; } = Directions.DetachFromDisposeScope();

    /// <summary>Likewise.</summary>
    public Tensor Speeds { get; } = Speeds.DetachFromDisposeScope();

    /// <summary>Likewise.</summary>
    public Tensor Centres { get; } = Centres.DetachFromDisposeScope();

    /// <inheritdoc/>
    public void Dispose()
    {
        Shapes.Dispose();
        Directions.Dispose();
        Speeds.Dispose();
        Centres.Dispose();
    }
}
