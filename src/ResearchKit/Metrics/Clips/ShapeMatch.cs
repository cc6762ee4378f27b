using ResearchKit.Data.Clips;

namespace ResearchKit.Metrics.Clips;

/// <summary>Which of the kit's shapes each frame shows, and how well: each shape is drawn where the frame's centre of mass is, and the one
/// with the least difference is it.</summary>
public static class ShapeMatch
{
    private const int AtOnce = 4096;

    /// <summary>Matches frames.</summary>
    /// <param name="clips">Floats in [-1, 1], shape (N, C, T, H, H); channels are averaged.</param>
    /// <param name="track">Their <see cref="CentroidTrack"/>, shape (N, T, 2).</param>
    /// <returns>The shapes' numbers in <see cref="MovingShapes.Shapes"/>, int64, shape (N, T), -1 in a frame with nothing in it; and the
    /// errors, float64, shape (N, T): the absolute difference from the drawn shape, summed over the pixels (white is 1) and divided by
    /// twice the shape's area. 0 is exact, 1 is a shape of that area in another place; 1 too where nothing is. The caller disposes both.
    /// </returns>
    public static (Tensor Shapes, Tensor Errors) Of(Tensor clips, Tensor track)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (count, frames, size) = (clips.shape[0], clips.shape[2], (int)clips.shape[3]);
        var bright = ((clips.to(ScalarType.Float32).mean([1]).cpu() + 1) / 2).reshape(-1, 1, size, size); // (N T, 1, H, H)
        var places = track.reshape(-1, 2); // (N T, 2)
        var isThere = places.isfinite().all(1); // (N T)
        var shapes = full(count * frames, -1, ScalarType.Int64);
        var errors = ones(count * frames, ScalarType.Float64);
        var area = MovingShapes.Area * size * size / (32.0 * 32.0);
        var seen = isThere.nonzero().flatten(); // (M)
        foreach (var some in seen.shape[0] == 0 ? [] : seen.split(AtOnce))
        {
            using var part = NewDisposeScope();
            var (images, at) = (bright.index_select(0, some), places.index_select(0, some));
            var differences = stack(Enumerable.Range(0, MovingShapes.Shapes.Count).Select(shape =>
                (images - MovingShapes.Render(shape, at, size)).abs().sum([1, 2, 3])), 1); // (B, K)
            var (least, which) = differences.min(1);
            shapes.index_copy_(0, some, which);
            errors.index_copy_(0, some, least.to(ScalarType.Float64) / (2 * area));
        }

        return (shapes.reshape(count, frames).MoveToOuterDisposeScope(), errors.reshape(count, frames).MoveToOuterDisposeScope());
    }
}
